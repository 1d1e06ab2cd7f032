// The journey page begins here: the address says which view is shown.

import { render } from 'preact';
import { address, followLinks } from './address.ts';
import { lazy } from './frame/lazy.tsx';
import { Frame } from './frame/page.tsx';
import { applyBig, applyTheme } from './frame/theme.ts';
import './style/all.ts';

const VIEW = { isView: true };
const Home = lazy('the home page', async () => (await import('./home/page.tsx')).Home, VIEW);
const JourneyPage = lazy('the journey', async () => (await import('./journey/page.tsx')).JourneyPage, VIEW);
const Compare = lazy('the comparison', async () => (await import('./compare/page.tsx')).Compare, VIEW);
const Again = lazy('the repetition', async () => (await import('./again/page.tsx')).Again, VIEW);
const Sets = lazy('the sets', async () => (await import('./sets/page.tsx')).Sets, VIEW);
const Faults = lazy('the faults', async () => (await import('./faults/page.tsx')).Faults, VIEW);
const LessonList = lazy('the lessons', async () => (await import('./lessons/list.tsx')).LessonList, VIEW);
const ClassBoard = lazy('the class board', async () => (await import('./lessons/class.tsx')).ClassBoard, VIEW);
const Lesson = lazy('the lesson', async () => (await import('./lessons/lesson.tsx')).Lesson, VIEW);
const OwnSite = lazy('your own site', async () => (await import('./own-site/page.tsx')).OwnSite, VIEW);
const OpenFile = lazy('the file chooser', async () => (await import('./open/page.tsx')).OpenFile, VIEW);

const VIEWS: [RegExp, (match: RegExpExecArray) => preact.ComponentChildren][] = [
  [/^\/$/, () => <Home />],
  [/^\/traces\/([^/]+)$/, ([, id = '']) => <JourneyPage key={id} traceId={decodeURIComponent(id)} />],
  [/^\/compare(?:\/([^/]*))?$/, ([, pair = '']) => <Compare pair={decodeURIComponent(pair)} />],
  [/^\/again\/([^/]+)$/, ([, name = '']) => <Again key={name} name={decodeURIComponent(name)} />],
  [/^\/sets\/([^/]+)$/, ([, ids = '']) => <Sets key={ids} ids={decodeURIComponent(ids)} />],
  [/^\/faults$/, () => <Faults />],
  [/^\/lessons$/, () => <LessonList />],
  [/^\/lessons\/([^/]+)$/, ([, name = '']) => <Lesson key={name} name={decodeURIComponent(name)} />],
  [/^\/class$/, () => <ClassBoard />],
  [/^\/app$/, () => <OwnSite />],
  [/^\/open$/, () => <OpenFile />],
];

function Page() {
  const { pathname } = address.value;
  for (const [pattern, view] of VIEWS) {
    const match = pattern.exec(pathname);
    if (match) return <Frame>{view(match)}</Frame>;
  }
  return (
    <Frame>
      <div class="notice">
        <h1 tabIndex={-1}>Page not found</h1>
        <p>
          <a href="/">Go to the home page</a>
        </p>
      </div>
    </Frame>
  );
}

applyTheme();
applyBig();
followLinks();
const place = document.getElementById('page');
place?.replaceChildren();
if (place) render(<Page />, place);
