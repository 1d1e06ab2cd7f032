// One lesson: its text, a prediction to make first, something to do, and the check.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { LessonPage, LessonVerdict } from '../../../../services/visitor/api.ts';
import { ask, send } from '../api.ts';
import { Waiting } from '../frame/waiting.tsx';
import { Check } from './check.tsx';
import { Markdown } from './markdown.tsx';

export function Lesson({ name }: { name: string }) {
  const lesson = useSignal<LessonPage | null>(null);
  const problem = useSignal('');
  const guess = useSignal('');
  const path = `/lessons/${encodeURIComponent(name)}`;
  const load = async (asking: Promise<LessonPage>) => {
    try {
      lesson.value = await asking;
      problem.value = '';
    } catch (error) {
      problem.value = (error as Error).message;
    }
  };
  useEffect(() => {
    void load(ask<LessonPage>(path));
  }, [path]);
  useEffect(() => {
    if (lesson.value) document.title = `${lesson.value.title} · Waybill`;
  }, [lesson.value?.title]);
  if (problem.value) {
    return (
      <div class="notice">
        <h1 tabIndex={-1}>No such lesson</h1>
        <p role="alert">{problem.value}</p>
        <p>
          <a href="/lessons">All lessons</a>
        </p>
      </div>
    );
  }
  if (lesson.value === null) return <Waiting says="Opening the lesson" />;
  const { number, title, minutes, text, predict, task, questions, hint, saw, next, state } = lesson.value;
  const begin = () => void load(send<LessonPage>('POST', `${path}/begin`));
  return (
    <article class="lesson">
      <p class="overline">
        <a href="/lessons">Lessons</a> · {number} · {minutes} min{state === 'done' ? ' · done' : ''}
      </p>
      <h1 tabIndex={-1}>{title}</h1>
      <Markdown text={text} />
      <section class="lesson-part">
        <h2>Predict</h2>
        <Markdown text={predict} />
        <label class="guess">
          <span class="hidden-label">Your prediction</span>
          <input
            placeholder="What do you expect? For yourself alone."
            value={guess.value}
            onInput={({ currentTarget }) => {
              guess.value = currentTarget.value;
            }}
          />
        </label>
      </section>
      {state === 'new' ? (
        <button type="button" class="button primary" onClick={begin}>
          Begin
        </button>
      ) : (
        <>
          <section class="lesson-part">
            <h2>Do</h2>
            <Markdown text={task} />
          </section>
          <Check path={path} questions={questions} onDone={(verdict) => void keep(verdict)} />
          {hint !== null ? (
            <section class="lesson-part hint">
              <h2>Hint</h2>
              <Markdown text={hint} />
            </section>
          ) : (
            <button type="button" class="button" onClick={() => void load(send<LessonPage>('POST', `${path}/hint`))}>
              A hint
            </button>
          )}
        </>
      )}
      {saw !== null && (
        <section class="lesson-part saw">
          <h2>What you saw</h2>
          {guess.value && <p class="quiet">You expected: {guess.value}</p>}
          <Markdown text={saw} />
          <h3>Read next</h3>
          <Markdown text={next ?? ''} />
          <p class="lesson-ways">
            <a class="button primary" href={`/lessons/${number + 1}`}>
              The next lesson
            </a>
            <button type="button" class="button" onClick={begin}>
              Again from the beginning
            </button>
          </p>
        </section>
      )}
    </article>
  );

  async function keep(verdict: LessonVerdict): Promise<void> {
    if (verdict.done) await load(ask<LessonPage>(path));
  }
}
