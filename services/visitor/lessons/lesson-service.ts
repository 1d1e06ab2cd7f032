// What a learner does with a lesson: begins it, opens its hint, has it checked against the traces made since then.

import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '../../../runtime/http/api-error.ts';
import { didYouMean } from '../../../runtime/nearest.ts';
import { inGroups } from '../../../traces/in-groups.ts';
import { readTrace, type TraceSummary } from '../../../traces/jaeger.ts';
import type { Lesson } from '../../../traces/lessons/lesson.ts';
import { judgeLesson, type LearnersTrace } from '../../../traces/lessons/verdict.ts';
import type { Fault, Faults, LessonPage, LessonSummary, Lessons, LessonVerdict } from '../api.ts';
import type { VisitorConfig } from '../config.ts';
import { resetFaults, setFaults } from '../faults.ts';
import type { Recent } from '../recent/recent.ts';
import { loadLessons } from './load-lessons.ts';
import { withPorts } from './ports.ts';
import { createProgress } from './progress.ts';

/** How many traces, the newest, a check reads, and how many at a time. */
const MAX_TRACES = 100;
const CONCURRENT_READS = 8;
/** Spans of a request that was just sent may still be in flight: for so long, in ms, a failed check is repeated, so often. */
const IN_FLIGHT_MS = 1500;
const POLL_MS = 250;

/** The lessons of the lab, for its one learner. Each method throws an ApiError for a lesson that does not exist. */
export function createLessonService(config: VisitorConfig, recent: Recent) {
  const progress = createProgress(config.progress);

  function find(name: string): Lesson {
    const { lessons, mistakes } = loadLessons(config.lessons);
    const lesson = lessons.find((each) => each.name === name || String(each.number) === name);
    if (lesson) return lesson;
    const mistake = mistakes.find(({ file }) => /^0*(\d+)-(.+)\.md$/.exec(file)?.slice(1).includes(name));
    if (mistake) throw new ApiError(422, 'bad_lesson', `${mistake.file}, ${mistake.message}`);
    const typed = name.slice(0, 60);
    const near = didYouMean(
      typed,
      lessons.map((each) => each.name),
    );
    throw new ApiError(
      404,
      'no_lesson',
      `There is no lesson "${typed}".${near} The lessons: GET /lessons, npm run learn`,
    );
  }

  function pageOf(lesson: Lesson): LessonPage {
    const ported = (text: string) => withPorts(text, config.lessonPorts);
    const { text, predict, task, hint, saw, next, check } = lesson;
    const known = progress.of(lesson.name);
    const isDone = known?.done !== undefined;
    return {
      ...summaryOf(lesson),
      ...{
        text: ported(text),
        predict: ported(predict),
        task: ported(task),
        questions: check.questions.map(({ text }) => text),
      },
      hint: known?.hint || isDone ? ported(hint) : null,
      saw: isDone ? ported(saw) : null,
      next: isDone ? ported(next) : null,
    };
  }

  function summaryOf({ number, name, title, story, minutes }: Lesson): LessonSummary {
    const { begun, done } = progress.of(name) ?? {};
    const state = done !== undefined ? 'done' : begun !== undefined ? 'begun' : 'new';
    return { number, name, title, story, minutes, state };
  }

  function begunProgress({ name }: Lesson) {
    const known = progress.of(name);
    if (known !== undefined) return known;
    throw new ApiError(409, 'not_begun', `The lesson "${name}" has not been begun: POST /lessons/${name}/begin`);
  }

  async function tracesSince(begun: number, signal: AbortSignal): Promise<LearnersTrace[]> {
    const summaries = await recent.summaries(begun, MAX_TRACES, {}, signal);
    const read = async ({ traceId }: TraceSummary) => {
      const { spans } = await readTrace(config.jaegerUrl, traceId, signal);
      return { traceId, spans };
    };
    return Array.fromAsync(inGroups(summaries, CONCURRENT_READS, read));
  }

  return {
    /** The name of the lesson that was begun last, until it is done. */
    current(): string | undefined {
      const { current } = progress.get();
      return current === null || progress.of(current)?.done !== undefined ? undefined : current;
    },

    list(): Lessons {
      const { lessons, mistakes } = loadLessons(config.lessons);
      return { lessons: lessons.map(summaryOf), mistakes, current: progress.get().current, kept: progress.isSaved };
    },

    read: (name: string): LessonPage => pageOf(find(name)),

    /** Counts traces from now on; sets one of the lesson's hidden faults, if it has some. */
    async begin(name: string): Promise<LessonPage> {
      const lesson = find(name);
      const { hiddenFaults } = lesson.check;
      const fault = hiddenFaults[Math.floor(Math.random() * hiddenFaults.length)];
      if (fault) {
        await resetFaults(config); // or there would be two to find
        await setFaults({ [fault.id]: fault.value }, config);
      }
      progress.update(lesson.name, { begun: Date.now(), done: undefined, hint: false, fault });
      return pageOf(lesson);
    },

    hint(name: string): LessonPage {
      const lesson = find(name);
      begunProgress(lesson);
      progress.update(lesson.name, { hint: true });
      return pageOf(lesson);
    },

    async check(name: string, answers: readonly string[], signal: AbortSignal): Promise<LessonVerdict> {
      const lesson = find(name);
      const { begun, fault } = begunProgress(lesson);
      const judge = async () => judgeLesson(lesson.check, await tracesSince(begun, signal), answers, fault?.id);
      const deadline = performance.now() + IN_FLIGHT_MS;
      let verdict = await judge();
      while (verdict.visits.some(({ traceId }) => traceId === null) && performance.now() < deadline) {
        await delay(POLL_MS, undefined, { signal });
        verdict = await judge();
      }
      if (verdict.done) progress.update(lesson.name, { done: Date.now() });
      const { saw, next } = pageOf(lesson);
      return { ...verdict, saw, next };
    },

    forget: (): void => progress.forget(),

    /** The faults as a learner may see them: one that the current lesson has hidden shows its default. */
    mask(faults: Faults): Faults {
      const { current } = progress.get();
      const { fault, done } = (current !== null && progress.of(current)) || {};
      const isHidden = ({ id, value }: Fault) => done === undefined && id === fault?.id && value === fault.value;
      const masked = (each: Fault) => (isHidden(each) ? ({ ...each, value: each.default } as Fault) : each);
      return { ...faults, faults: faults.faults.map(masked) };
    },
  };
}
