// The learner's progress: in a file, so that it outlives the lab; without one, in memory only.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { object, table } from '../../../runtime/control/schema.ts';
import { log } from '../../../runtime/log.ts';
import { ownProperty } from '../../../traces/own-property.ts';

const lessonProgress = object({
  /** Milliseconds since 1970, as `done`. */
  begun: v.number(),
  done: v.optional(v.number()),
  /** Whether the hint was opened. */
  hint: v.optional(v.boolean()),
  /** The fault that was hidden for it, and its value. */
  fault: v.optional(object({ id: v.string(), value: v.union([v.boolean(), v.number(), v.string()]) })),
});
/** `current`: the lesson begun last. */
const progressFile = object({ current: v.nullable(v.string()), lessons: table(v.string(), lessonProgress) });

type LessonProgress = v.InferOutput<typeof lessonProgress>;
type Progress = v.InferOutput<typeof progressFile>;

const NONE: Progress = { current: null, lessons: {} };

/** The progress saved in `file`; a damaged one is renamed to `.damaged`. Throws an Error if it is a file of something else. */
export function createProgress(file: string | undefined) {
  let progress = file === undefined ? NONE : readProgress(file);
  const of = (name: string): LessonProgress | undefined => ownProperty(progress.lessons, name);

  function save(next: Progress): void {
    progress = next;
    if (file === undefined) return;
    try {
      writeFileSync(`${file}.new`, JSON.stringify(next), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch (error) {
      log.warn({ err: error }, `the progress of lessons cannot be written to ${file}; it is kept until the lab ends`);
    }
  }

  return {
    /** Whether it outlives the process. */
    isSaved: file !== undefined,
    get: () => progress,
    /** The progress in one lesson; undefined for one that was not begun. */
    of,
    /** Changes the progress in a lesson, and makes it the current one. */
    update(name: string, changes: Partial<LessonProgress>): void {
      save({ current: name, lessons: { ...progress.lessons, [name]: { begun: 0, ...of(name), ...changes } } });
    },
    forget: () => save(NONE),
  };
}

function readProgress(file: string): Progress {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return NONE;
  }
  // A damaged file is renamed, and saving replaces the file: neither may happen to a file that is not the lab's own.
  if (!text.startsWith('{"current":')) {
    throw new Error(
      `WAYBILL_PROGRESS: ${file} does not contain the progress of lessons. Name another file, or remove it.`,
    );
  }
  try {
    return v.parse(progressFile, JSON.parse(text));
  } catch (error) {
    log.warn({ err: error }, `the progress of lessons in ${file} cannot be read; it was renamed to ${file}.damaged`);
    renameSync(file, `${file}.damaged`);
    return NONE;
  }
}
