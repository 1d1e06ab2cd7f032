// The lessons, story by story, and how far the learner has come.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Lessons } from '../../../../services/visitor/api.ts';
import { STORIES } from '../../../../traces/lessons/stories.ts';
import { ask, send } from '../api.ts';
import { Waiting } from '../frame/waiting.tsx';

const MARKS = { done: '✓', begun: '▸', new: '·' } as const;
const WORDS = { done: 'done', begun: 'begun', new: 'not begun' } as const;

export function LessonList() {
  const found = useSignal<Lessons | null>(null);
  const problem = useSignal('');
  const load = async () => {
    try {
      found.value = await ask<Lessons>('/lessons');
    } catch (error) {
      problem.value = (error as Error).message;
    }
  };
  useEffect(() => {
    document.title = 'Learn · Waybill';
    void load();
  }, []);
  const { lessons = [], mistakes = [], kept = true } = found.value ?? {};
  const done = lessons.filter(({ state }) => state === 'done').length;
  const next = lessons.find(({ state }) => state !== 'done');
  return (
    <section class="lessons">
      <header class="lessons-head">
        <div>
          <h1 tabIndex={-1}>Learn by sending letters</h1>
          <p class="quiet">Each lesson asks what you expect, has you do something, and checks it on your own traces.</p>
        </div>
        {next && (
          <a class="button primary" href={`/lessons/${next.name}`}>
            {done === 0 ? 'Begin' : 'Go on'}: {next.title}
          </a>
        )}
      </header>
      {problem.value && (
        <p class="card-error" role="alert">
          {problem.value}
        </p>
      )}
      {found.value === null && !problem.value && <Waiting says="Looking for lessons" />}
      {mistakes.map(({ file, message }) => (
        <p key={file} class="card-error" role="alert">
          <code>{file}</code>, {message}
        </p>
      ))}
      {([1, 2, 3, 4] as const).map((story) => (
        <section key={story} class="lesson-group" hidden={!lessons.some((each) => each.story === story)}>
          <h2>
            <span class="story-number">{story}</span> {STORIES[story].title}
          </h2>
          <ol>
            {lessons
              .filter((each) => each.story === story)
              .map(({ number, name, title, minutes, state }) => (
                <li key={name} class={`lesson-row ${state}`}>
                  <a href={`/lessons/${name}`}>
                    <span class="lesson-mark" aria-hidden="true">
                      {MARKS[state]}
                    </span>
                    <span class="lesson-number">{number}</span>
                    <span>
                      {title}
                      <span class="hidden-label"> ({WORDS[state]})</span>
                    </span>
                    <small class="quiet">{minutes} min</small>
                  </a>
                </li>
              ))}
          </ol>
        </section>
      ))}
      {lessons.length > 0 && (
        <footer class="lessons-foot quiet">
          <span>
            {done} of {lessons.length} done.
            {!kept && ' How far you have come is forgotten when this lab ends.'}
          </span>
          {lessons.some(({ state }) => state !== 'new') && (
            <button type="button" class="small" onClick={() => void forget(load)}>
              forget it all
            </button>
          )}
        </footer>
      )}
    </section>
  );
}

async function forget(then: () => Promise<void>): Promise<void> {
  if (!confirm('Are all lessons to be new again?')) return;
  await send('DELETE', '/lessons');
  await then();
}
