// How far the learner has come: kept in a file, so that it outlives the lab; in memory alone where there is none.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { object, table } from '../../../runtime/control/schema.ts';
import { log } from '../../../runtime/log.ts';
import { own } from '../../../traces/own.ts';

const entry = object({
  /** Milliseconds since 1970. */
  begun: v.number(),
  done: v.optional(v.number()),
  /** Whether the hint was asked for. */
  hint: v.optional(v.boolean()),
  /** The fault that was hidden for it: a knob and what it was turned to. */
  fault: v.optional(object({ id: v.string(), value: v.union([v.boolean(), v.number(), v.string()]) })),
});
const book = object({ current: v.nullable(v.string()), lessons: table(v.string(), entry) });

/** What is known of one lesson that was begun. */
export type Entry = v.InferOutput<typeof entry>;
/** The lesson that was begun last, and every one that was begun. */
export type Book = v.InferOutput<typeof book>;

const NEW: Book = { current: null, lessons: {} };

/** Progress that is kept in `file`; a damaged one is put aside. */
export function createProgress(file: string | undefined) {
  let now: Book = file === undefined ? NEW : readBook(file);
  const of = (name: string): Entry | undefined => own(now.lessons, name);

  return {
    /** Whether it outlives the process. */
    isKept: file !== undefined,
    get: (): Book => now,
    /** What is known of a lesson; undefined for one that was not begun. */
    of,
    /** Changes what is known of a lesson, which is then the current one. */
    update(name: string, changes: Partial<Entry>): void {
      keep({ current: name, lessons: { ...now.lessons, [name]: { begun: 0, ...of(name), ...changes } } });
    },
    forget: (): void => keep(NEW),
  };

  function keep(next: Book): void {
    now = next;
    if (file === undefined) return;
    try {
      writeFileSync(`${file}.new`, JSON.stringify(next), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch (error) {
      log.warn({ err: error }, 'the progress of lessons cannot be written; it is kept until the lab ends');
    }
  }
}

export type Progress = ReturnType<typeof createProgress>;

function readBook(file: string): Book {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return NEW;
  }
  try {
    return v.parse(book, JSON.parse(text));
  } catch (error) {
    log.warn({ err: error }, `the progress of lessons in ${file} cannot be read; it was put aside`);
    renameSync(file, `${file}.damaged`);
    return NEW;
  }
}
