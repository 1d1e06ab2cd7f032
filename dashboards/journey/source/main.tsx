// The journey page begins here: the address says which view is shown.

import { render } from 'preact';
import { texts } from '#texts/frame.tsx';
import { address, followLinks } from './address.ts';
import { lazy } from './frame/lazy.tsx';
import { Frame } from './frame/page.tsx';
import { applyBig, applyTheme } from './frame/theme.ts';
import './style/all.ts';

const VIEW = { isView: true };
const Home = lazy(texts.theHomePage, async () => (await import('./home/page.tsx')).Home, VIEW);
const JourneyPage = lazy(texts.theJourney, async () => (await import('./journey/page.tsx')).JourneyPage, VIEW);
const Compare = lazy(texts.theComparison, async () => (await import('./compare/page.tsx')).Compare, VIEW);
const Again = lazy(texts.theRepetition, async () => (await import('./again/page.tsx')).Again, VIEW);
const Sets = lazy(texts.theSets, async () => (await import('./sets/page.tsx')).Sets, VIEW);
const Faults = lazy(texts.theFaults, async () => (await import('./faults/page.tsx')).Faults, VIEW);
const LessonList = lazy(texts.theLessons, async () => (await import('./lessons/list.tsx')).LessonList, VIEW);
const ClassBoard = lazy(texts.theClassBoard, async () => (await import('./lessons/class.tsx')).ClassBoard, VIEW);
const Lesson = lazy(texts.theLesson, async () => (await import('./lessons/lesson.tsx')).Lesson, VIEW);
const OwnSite = lazy(texts.yourOwnSite, async () => (await import('./own-site/page.tsx')).OwnSite, VIEW);
const OpenFile = lazy(texts.theFileChooser, async () => (await import('./open/page.tsx')).OpenFile, VIEW);

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
        <h1 tabIndex={-1}>{texts.pageNotFound}</h1>
        <p>
          <a href="/">{texts.goToTheHomePage}</a>
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
