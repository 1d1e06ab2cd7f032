import { texts } from '#texts/lessons.tsx';
import { lessonList } from './lessons.ts';

/** A bar: how many lessons are done. */
export function Progress() {
  const { lessons = [] } = lessonList.value ?? {};
  const done = lessons.filter(({ state }) => state === 'done').length;
  if (lessons.length === 0) return null;
  return (
    <p class="lesson-progress">
      <progress value={done} max={lessons.length} aria-label={texts.lessonsDone} />
      <small>{texts.doneOf(done, lessons.length)}</small>
    </p>
  );
}
