// One lesson: its text, a prediction to make first, a task and its check; beside it the journey of the last send.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { texts } from '#texts/lessons.tsx';
import type { LessonPage } from '../../../../services/visitor/api.ts';
import { address, setParameters } from '../address.ts';
import { fetchJson, LabUnreachable, sendJson } from '../api.ts';
import { lazy } from '../frame/lazy.tsx';
import { Problem } from '../frame/problem.tsx';
import { isStacked } from '../frame/screen.ts';
import { Waiting } from '../frame/waiting.tsx';
import { Check } from './check.tsx';
import { lessonList, loadLessons, TOUR } from './lessons.ts';
import { Markdown } from './markdown.tsx';
import { NO_NOTES, notesOf } from './notes.ts';
import { Progress } from './progress.tsx';

const JourneyPage = lazy(texts.theJourney, async () => (await import('../journey/page.tsx')).JourneyPage);
const RETRY_MS = 2000;

export function Lesson({ name }: { name: string }) {
  const lesson = useSignal<LessonPage | null>(null);
  const problem = useSignal<Error | null>(null);
  const path = `/lessons/${encodeURIComponent(name)}`;
  const load = async (loading: Promise<LessonPage>) => {
    try {
      lesson.value = await loading;
      problem.value = null;
      void loadLessons();
    } catch (error) {
      problem.value = error as Error;
    }
  };
  useEffect(() => {
    void load(fetchJson<LessonPage>(path));
    const timer = setInterval(() => {
      if (problem.peek() instanceof LabUnreachable) void load(fetchJson<LessonPage>(path));
    }, RETRY_MS);
    return () => clearInterval(timer);
  }, [path]);
  useEffect(() => {
    if (lesson.value) document.title = texts.lessonTitle(lesson.value.number, lesson.value.title);
  }, [lesson.value?.title]);
  if (lesson.value === null && problem.value === null) return <Waiting says={texts.openingTheLesson} isView />;
  if (lesson.value === null) {
    return (
      <div class="notice">
        <h1 tabIndex={-1}>{problem.value instanceof LabUnreachable ? texts.labDoesNotAnswer : texts.noSuchLesson}</h1>
        <p role="alert">{problem.value?.message}</p>
        <p>
          <a href="/lessons">{texts.allLessons}</a>
        </p>
      </div>
    );
  }
  return <OpenedLesson key={lesson.value.name} lesson={lesson.value} problem={problem.value} path={path} load={load} />;
}

type LessonProps = {
  lesson: LessonPage;
  problem: Error | null;
  path: string;
  load: (loading: Promise<LessonPage>) => Promise<void>;
};

function OpenedLesson({ lesson, problem, path, load }: LessonProps) {
  const { number, title, minutes, text, predict, task, questions, hint, saw, next, state } = lesson;
  const notes = notesOf(lesson.name);
  const shown = useSignal(0);
  const journey = useRef<HTMLElement>(null);
  // A button that is replaced by a part of the lesson hands its focus to the heading of that.
  const focusNext = useRef<'do' | 'hint' | null>(null);
  const headingOf = (part: 'do' | 'hint') => (heading: HTMLElement | null) => {
    if (heading === null || focusNext.current !== part) return;
    focusNext.current = null;
    heading.focus();
  };
  const trace = address.value.searchParams.get('trace');
  const isTour = address.value.searchParams.has('tour');
  const nextName = isTour && TOUR[TOUR.indexOf(lesson.name) + 1];
  const following = lessonList.value?.lessons.find((each) =>
    isTour ? each.name === nextName : each.number === number + 1,
  );
  const begin = () => {
    focusNext.current = 'do';
    notes.value = { ...NO_NOTES, guess: state === 'new' ? notes.peek().guess : '' };
    void load(sendJson<LessonPage>('POST', `${path}/begin`));
  };
  useEffect(() => {
    if (shown.value > 0 && isStacked.peek()) journey.current?.scrollIntoView();
  }, [shown.value]);
  const show = (parameters: Record<string, string | null>) => {
    setParameters({ run: null, play: null, span: null, view: null, t: null, ...parameters });
    shown.value++;
  };
  return (
    <div class="lesson-page">
      <article class="lesson">
        <p class="overline">
          <a href="/lessons">{texts.lessons}</a> · {number} · {texts.minutes(minutes)}
          {state === 'done' ? ` · ${texts.done}` : ''}
        </p>
        <Progress />
        <h1 tabIndex={-1}>{title}</h1>
        <Problem text={problem && `${problem.message} ${texts.whatYouWroteStays}`} />
        <Markdown text={text} />
        <section class="lesson-part">
          <h2>{texts.predict}</h2>
          <Markdown text={predict} />
          <label class="guess">
            <span class="hidden-label">{texts.yourPrediction}</span>
            <input
              placeholder={texts.yourGuess}
              value={notes.value.guess}
              onInput={({ currentTarget }) => {
                notes.value = { ...notes.peek(), guess: currentTarget.value };
              }}
            />
          </label>
        </section>
        {state === 'new' ? (
          <button type="button" class="button primary" onClick={begin}>
            {texts.begin}
          </button>
        ) : (
          <>
            <section class="lesson-part">
              <h2 tabIndex={-1} ref={headingOf('do')}>
                {texts.do}
              </h2>
              <Markdown
                text={task}
                onSent={([first = '', ...more]) =>
                  show({ trace: first, play: '1', run: more.length > 0 ? [first, ...more].join(',') : null })
                }
              />
            </section>
            <Check
              path={path}
              questions={questions}
              notes={notes}
              onDone={() => void load(fetchJson<LessonPage>(path))}
              onShow={(traceId, spanId) => show({ trace: traceId, span: spanId })}
            />
            {hint !== null ? (
              <section class="lesson-part hint">
                <h2 tabIndex={-1} ref={headingOf('hint')}>
                  {texts.hint}
                </h2>
                <Markdown text={hint} />
              </section>
            ) : (
              <button
                type="button"
                class="button"
                onClick={() => {
                  focusNext.current = 'hint';
                  void load(sendJson<LessonPage>('POST', `${path}/hint`));
                }}
              >
                {texts.aHint}
              </button>
            )}
          </>
        )}
        {saw !== null && (
          <section class="lesson-part saw">
            <h2>{texts.whatYouSaw}</h2>
            {notes.value.guess && <p class="quiet">{texts.youExpected(notes.value.guess)}</p>}
            <Markdown text={saw} />
            <h3>{texts.readNext}</h3>
            <Markdown text={next ?? ''} />
            <p class="lesson-links">
              {following ? (
                <a class="button primary" href={`/lessons/${following.name}${isTour ? '?tour' : ''}`}>
                  {texts.nextIs(following.title)}
                </a>
              ) : (
                <a class="button primary" href="/lessons">
                  {isTour ? texts.thatWasTheTour : texts.thatWasTheLastLesson}
                </a>
              )}
              <button type="button" class="button" onClick={begin}>
                {texts.againFromTheBeginning}
              </button>
            </p>
          </section>
        )}
      </article>
      <aside ref={journey} class="lesson-journey" aria-label={texts.journeyOfLastRequest}>
        {trace ? (
          <>
            <JourneyPage key={`${trace} ${shown.value}`} traceId={trace} />
            {state !== 'new' && (
              <a class="button to-questions" href="#check">
                {texts.backToQuestions}
              </a>
            )}
          </>
        ) : (
          <p class="quiet">{texts.journeyAppearsHere}</p>
        )}
      </aside>
    </div>
  );
}
