// The lessons, story by story, and how far the learner has come.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { texts } from '#texts/lessons.tsx';
import type { LessonSummary } from '../../../../services/visitor/api.ts';
import { STORIES, type StoryNumber } from '../../../../traces/lessons/stories.ts';
import { sendJson } from '../api.ts';
import { Problem } from '../frame/problem.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { lessonList, loadLessons, TOUR } from './lessons.ts';
import { Progress } from './progress.tsx';

const MARKS = { done: '✓', begun: '▸', new: '·' } as const;
const WORDS = { done: texts.done, begun: texts.begun, new: texts.notBegun } as const;

export function LessonList() {
  const problem = useSignal('');
  const load = async () => {
    problem.value = await loadLessons();
  };
  useEffect(() => {
    document.title = texts.lessonsTitle;
    void load();
  }, []);
  const { lessons = [], mistakes = [], kept = true } = lessonList.value ?? {};
  const next = lessons.find(({ state }) => state !== 'done');
  const isNew = lessons.every(({ state }) => state === 'new');
  return (
    <section class="lessons">
      <header class="lessons-head">
        <div>
          <h1 tabIndex={-1}>{texts.learnBySendingRequests}</h1>
          <p class="quiet">{texts.learnSays}</p>
        </div>
        {next && (
          <a class="button primary" href={`/lessons/${next.name}`}>
            {(isNew ? texts.beginWith : texts.goOnWith)(next.title)}
          </a>
        )}
      </header>
      <Progress />
      <Problem text={problem.value} />
      {lessonList.value === null && !problem.value && <Waiting says={texts.loadingTheLessons} />}
      {mistakes.map(({ file, message }) => (
        <p key={file} class="card-error" role="alert">
          <code>{file}</code>, {message}
        </p>
      ))}
      <Tour lessons={lessons} />
      {([1, 2, 3, 4, 5] as const).map((story) => (
        <Group key={story} story={story} lessons={lessons.filter((each) => each.story === story)} />
      ))}
      {lessons.length > 0 && (
        <footer class="lessons-foot quiet">
          <a href="/class">{texts.toTheClass}</a>
          {!kept && <span>{texts.progressIsLost}</span>}
          {!isNew && (
            <button type="button" class="small" onClick={() => void forget(load)}>
              {texts.forgetAllProgress}
            </button>
          )}
        </footer>
      )}
    </section>
  );
}

/** Five lessons for those who have a quarter of an hour. */
function Tour({ lessons }: { lessons: readonly LessonSummary[] }) {
  const stops = TOUR.flatMap((name) => lessons.find((each) => each.name === name) ?? []);
  if (stops.length < TOUR.length) return null;
  return (
    <nav class="tour" aria-labelledby="tour-title">
      <h2 id="tour-title">{texts.theTour(stops.reduce((sum, { minutes }) => sum + minutes, 0))}</h2>
      <ol>
        {stops.map(({ number, name, title, state }) => (
          <li key={name}>
            <a href={`/lessons/${name}?tour`}>
              {state === 'done' ? '✓ ' : ''}
              {number}. {title}
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Group({ story, lessons }: { story: StoryNumber; lessons: readonly LessonSummary[] }) {
  const { title, about } = STORIES[story];
  const isDone = lessons.every(({ state }) => state === 'done');
  return (
    <section class="lesson-group" hidden={lessons.length === 0}>
      <h2 class="story-title">
        <span class="story-number">{story}</span> {title}{' '}
        {isDone ? <span class="badge">{texts.storyFinished}</span> : <small class="quiet">{about}</small>}
      </h2>
      <ol>
        {lessons.map(({ number, name, title: lessonTitle, minutes, state }) => (
          <li key={name} class={`lesson-row ${state}`}>
            <a href={`/lessons/${name}`}>
              <span class="lesson-mark" aria-hidden="true">
                {MARKS[state]}
              </span>
              <span class="lesson-number">{number}</span>
              <span>
                {lessonTitle}
                <span class="hidden-label"> ({WORDS[state]})</span>
              </span>
              <small class="quiet">{texts.minutes(minutes)}</small>
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}

async function forget(load: () => Promise<void>): Promise<void> {
  if (!confirm(texts.reallyForget)) return;
  await sendJson('DELETE', '/lessons').catch(() => {}); // the reload below reports a lab that does not answer
  await load();
}
