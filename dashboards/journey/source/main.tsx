// The journey page begins here: the address says which view is shown.

import { render } from 'preact';
import { address, followLinks } from './address.ts';
import { Again } from './again/page.tsx';
import { Compare } from './compare/page.tsx';
import { Faults } from './faults/page.tsx';
import { Frame } from './frame/page.tsx';
import { applyTheme } from './frame/theme.ts';
import { Home } from './home/page.tsx';
import { carriedTrace } from './journey/export.ts';
import { JourneyPage } from './journey/page.tsx';
import { Lesson } from './lessons/lesson.tsx';
import { LessonList } from './lessons/list.tsx';
import { OpenFile } from './open/page.tsx';
import 'virtual:services.css';
import './style/theme.css';
import './style/frame.css';
import './style/home.css';
import './style/journey.css';
import './style/map.css';
import './style/waterfall.css';
import './style/card.css';
import './style/others.css';
import './style/lessons.css';

const VIEWS: [RegExp, (match: RegExpExecArray) => preact.ComponentChildren][] = [
  [/^\/$/, () => <Home />],
  [/^\/traces\/([^/]+)$/, ([, id = '']) => <JourneyPage key={id} traceId={decodeURIComponent(id)} />],
  [/^\/compare(?:\/([^/]*))?$/, ([, pair = '']) => <Compare pair={decodeURIComponent(pair)} />],
  [/^\/again\/([^/]+)$/, ([, name = '']) => <Again key={name} name={decodeURIComponent(name)} />],
  [/^\/faults$/, () => <Faults />],
  [/^\/lessons$/, () => <LessonList />],
  [/^\/lessons\/([^/]+)$/, ([, name = '']) => <Lesson key={name} name={decodeURIComponent(name)} />],
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
        <h1 tabIndex={-1}>Nothing is here</h1>
        <p>
          <a href="/">To the first page</a>
        </p>
      </div>
    </Frame>
  );
}

applyTheme();
const place = document.getElementById('page');
if (place) {
  place.replaceChildren();
  if (carriedTrace()) {
    render(
      <Frame>
        <OpenFile />
      </Frame>,
      place,
    );
  } else {
    followLinks();
    render(<Page />, place);
  }
}
