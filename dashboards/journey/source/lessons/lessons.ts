// The list of lessons, and how far the learner has come.

import { signal } from '@preact/signals';
import type { Lessons } from '../../../../services/visitor/api.ts';
import { fetchJson } from '../api.ts';

/** Null until it has been fetched. */
export const lessonList = signal<Lessons | null>(null);

/** Fetches it; without an answer the list stays as it is. Resolves with why there was none, or ''. */
export async function loadLessons(): Promise<string> {
  try {
    lessonList.value = await fetchJson<Lessons>('/lessons');
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

/** The short tour: five lessons, one from each part of a request's journey. */
export const TOUR = ['what-a-trace-is', 'the-phonebook', 'static-or-dynamic', 'who-handled-it', 'the-urlresolver'];
