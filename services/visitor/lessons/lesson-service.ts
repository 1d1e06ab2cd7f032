// What a learner does with a lesson: begins it, asks for a hint, has it checked on the traces that were made since.

import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '../../../runtime/http/problem.ts';
import { readTrace } from '../../../traces/jaeger.ts';
import type { Lesson } from '../../../traces/lessons/lesson.ts';
import { judgeLesson, type LearnersTrace } from '../../../traces/lessons/verdict.ts';
import type { Fault, Faults, LessonPage, LessonSummary, Lessons, LessonVerdict } from '../api.ts';
import type { VisitorConfig } from '../config.ts';
import { mendFaults, turnFaults } from '../faults/faults.ts';
import type { Recent } from '../recent/recent.ts';
import { createProgress } from './progress.ts';
import { readLessons } from './shelf.ts';

/** How many traces, the newest, are looked at for a check. */
const MAX_TRACES = 100;
const AT_ONCE = 8;
/** What was sent a moment ago may still be on its way for so long, in ms; asked for again after so long. */
const ON_ITS_WAY = 1500;
const POLL = 250;

/** The lessons of the lab, for its one learner. */
export function createCourse(config: VisitorConfig, recent: Recent) {
  const progress = createProgress(config.progress);

  function find(name: string): Lesson {
    const { lessons, mistakes } = readLessons(config.lessons);
    const lesson = lessons.find((each) => each.name === name || String(each.number) === name);
    if (lesson) return lesson;
    const mistake = mistakes.find(({ file }) => /^0*(\d+)-(.+)\.md$/.exec(file)?.slice(1).includes(name));
    if (mistake) throw new Problem(422, 'bad_lesson', `${mistake.file}, ${mistake.message}`);
    throw new Problem(404, 'no_lesson', `There is no lesson "${name.slice(0, 60)}"`);
  }

  function pageOf(lesson: Lesson): LessonPage {
    const { text, predict, task, hint, saw, next, check } = lesson;
    const known = progress.of(lesson.name);
    const isDone = known?.done !== undefined;
    return {
      ...summaryOf(lesson),
      ...{ text, predict, task, questions: check.questions.map((question) => question.text) },
      hint: known?.hint || isDone ? hint : null,
      saw: isDone ? saw : null,
      next: isDone ? next : null,
    };
  }

  function summaryOf({ number, name, title, story, minutes }: Lesson): LessonSummary {
    const { begun, done } = progress.of(name) ?? {};
    const state = done !== undefined ? 'done' : begun !== undefined ? 'begun' : 'new';
    return { number, name, title, story, minutes, state };
  }

  async function tracesSince(begun: number, signal: AbortSignal): Promise<LearnersTrace[]> {
    const found = await recent.summaries(begun, MAX_TRACES, {}, signal);
    const traces: LearnersTrace[] = [];
    for (let at = 0; at < found.length; at += AT_ONCE) {
      const some = found.slice(at, at + AT_ONCE).map(async ({ traceId }) => {
        const { spans } = await readTrace(config.jaegerUrl, traceId, signal);
        return { traceId, spans };
      });
      traces.push(...(await Promise.all(some)));
    }
    return traces;
  }

  return {
    list(): Lessons {
      const { lessons, mistakes } = readLessons(config.lessons);
      return { lessons: lessons.map(summaryOf), mistakes, current: progress.get().current, kept: progress.isKept };
    },

    /** Throws a Problem for a lesson that is not there, as the others do. */
    read: (name: string): LessonPage => pageOf(find(name)),

    /** Counts traces from now on; hides a fault, where the lesson has one. */
    async begin(name: string): Promise<LessonPage> {
      const lesson = find(name);
      const { hiddenFaults } = lesson.check;
      const fault = hiddenFaults[Math.floor(Math.random() * hiddenFaults.length)];
      if (fault) {
        await mendFaults(config); // or there would be two to find
        await turnFaults({ [fault.id]: fault.value }, config);
      }
      progress.update(lesson.name, { begun: Date.now(), done: undefined, hint: false, fault });
      return pageOf(lesson);
    },

    hint(name: string): LessonPage {
      const lesson = find(name);
      beginningOf(lesson);
      progress.update(lesson.name, { hint: true });
      return pageOf(lesson);
    },

    async check(name: string, answers: readonly string[], signal: AbortSignal): Promise<LessonVerdict> {
      const lesson = find(name);
      const { begun, fault } = beginningOf(lesson);
      const judge = async () => judgeLesson(lesson.check, await tracesSince(begun, signal), answers, fault?.id);
      const deadline = performance.now() + ON_ITS_WAY;
      let verdict = await judge();
      while (verdict.visits.some(({ traceId }) => traceId === null) && performance.now() < deadline) {
        await delay(POLL, undefined, { signal });
        verdict = await judge();
      }
      if (verdict.done) progress.update(lesson.name, { done: Date.now() });
      const { saw, next } = pageOf(lesson);
      return { ...verdict, saw, next };
    },

    forget: (): void => progress.forget(),

    /** Knobs as a learner may see them: one that a lesson has turned in secret looks as it does at first. */
    mask(faults: Faults): Faults {
      const { current } = progress.get();
      const { fault, done } = (current !== null && progress.of(current)) || {};
      const isHidden = ({ id, value }: Fault) => done === undefined && id === fault?.id && value === fault.value;
      const shown = (each: Fault) => (isHidden(each) ? ({ ...each, value: each.default } as Fault) : each);
      return { ...faults, faults: faults.faults.map(shown) };
    },
  };

  function beginningOf({ name }: Lesson) {
    const known = progress.of(name);
    if (known === undefined) throw new Problem(409, 'not_begun', `The lesson "${name}" has not been begun`);
    return known;
  }
}

export type Course = ReturnType<typeof createCourse>;
