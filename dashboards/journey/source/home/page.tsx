// The home page: what the lab is, what can be sent, and what was sent.

import { useEffect } from 'preact/hooks';
import { texts } from '#texts/home.ts';
import { lessonList, loadLessons } from '../lessons/lessons.ts';
import { AddressBar } from './address-bar.tsx';
import { Parts } from './parts.tsx';
import { Recent } from './recent.tsx';
import { Scenarios } from './scenarios.tsx';

export function Home() {
  useEffect(() => {
    document.title = texts.homeTitle;
  }, []);
  return (
    <div class="home">
      <section class="hero">
        <div>
          <h1 tabIndex={-1}>{texts.hero}</h1>
          <p>{texts.heroSays}</p>
          <AddressBar />
          <p class="next-lesson">
            <NextLesson />
            <a href="/app">{texts.traceYourOwnSite}</a>
          </p>
        </div>
        <Parts />
      </section>
      <Scenarios />
      <Recent />
    </div>
  );
}

/** The link to the first lesson that is not done. */
function NextLesson() {
  useEffect(() => void loadLessons(), []); // the scenarios' request reports a lab that does not answer
  const { lessons = [] } = lessonList.value ?? {};
  const next = lessons.find(({ state }) => state !== 'done');
  const isNew = lessons.every(({ state }) => state === 'new');
  if (lessons.length > 0 && !next) return null;
  return (
    <a class="button big" href={`/lessons/${next?.name ?? 1}`}>
      {texts.nextLesson(isNew, next?.number ?? 1, next?.minutes ?? 3)}
    </a>
  );
}
