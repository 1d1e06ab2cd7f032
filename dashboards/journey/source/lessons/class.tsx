// The class board, for a projector: who is at which lesson, where several labs send their traces to one place.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { texts } from '#texts/lessons.tsx';
import { fetchJson, type Traces } from '../api.ts';
import { Problem } from '../frame/problem.tsx';
import { whileVisible } from '../frame/screen.ts';
import { TraceLink } from '../frame/trace-row.tsx';
import { clock } from '../layout/axis.ts';
import { type Pupil, pupilsIn } from '../layout/class.ts';
import { lessonList, loadLessons } from './lessons.ts';

const EVERY_MS = 5000;
/** How many of the newest traces are looked through: as many as the visitor lists. */
const MAX_TRACES = 200;

export function ClassBoard() {
  const pupils = useSignal<readonly Pupil[] | null>(null);
  const problem = useSignal('');
  useEffect(() => {
    document.title = texts.classTitle;
    const load = async () => {
      try {
        const { traces } = await fetchJson<Traces>(`/traces?learner=*&limit=${MAX_TRACES}`);
        pupils.value = pupilsIn(traces);
        problem.value = '';
      } catch (error) {
        problem.value = (error as Error).message;
      }
    };
    void load();
    void loadLessons();
    return whileVisible(load, EVERY_MS);
  }, []);
  const { lessons = [] } = lessonList.value ?? {};
  return (
    <section class="class-board">
      <h1 tabIndex={-1}>{texts.theClass}</h1>
      <p class="quiet">{texts.whoIsAtWhichLesson(MAX_TRACES)}</p>
      <Problem text={problem.value} />
      {pupils.value?.length === 0 && <p>{texts.noLearnerYet}</p>}
      <ul class="recent-list">
        {pupils.value?.map(({ learner, lesson, last }) => {
          const at = lessons.find(({ name }) => name === lesson);
          return (
            <li key={learner}>
              <b class="pupil">
                <bdi>{learner}</bdi>
              </b>
              <span class="at-lesson">
                {at ? `${at.number}. ${at.title}` : (lesson ?? texts.noLessonBegun)}
                {at && <progress max={lessons.length} value={at.number} aria-label={texts.lessonNumber(at.number)} />}
              </span>
              <TraceLink line={last} href={`/traces/${last.traceId}`} owner={learner} />
              <small class="quiet">{clock(last.startTime)}</small>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
