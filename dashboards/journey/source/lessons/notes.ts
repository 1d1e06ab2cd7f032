// What a learner has written in a lesson: kept for this tab, so that a reload does not lose it.

import { effect, type Signal, signal } from '@preact/signals';

export type Notes = {
  guess: string;
  answers: string[];
  /** For each question, how many wrong answers were checked. */
  wrong: number[];
};

export const NO_NOTES: Notes = { guess: '', answers: [], wrong: [] };

const known = new Map<string, Signal<Notes>>();

/** The notes of a lesson; changes are saved. */
export function notesOf(lesson: string): Signal<Notes> {
  const before = known.get(lesson);
  if (before) return before;
  const key = `waybill-lesson-${lesson}`;
  const notes = signal(read(key));
  known.set(lesson, notes);
  effect(() => {
    try {
      sessionStorage.setItem(key, JSON.stringify(notes.value));
    } catch {
      // storage is off or full: the notes last until the next load
    }
  });
  return notes;
}

function read(key: string): Notes {
  try {
    return { ...NO_NOTES, ...JSON.parse(sessionStorage.getItem(key) ?? '{}') };
  } catch {
    return NO_NOTES;
  }
}
