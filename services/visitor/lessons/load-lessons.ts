// The lessons as they lie in their folder, read anew each time: a teacher writes one, and sees it at once.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LessonError } from '../../../traces/lessons/check-language.ts';
import { type Lesson, parseLesson } from '../../../traces/lessons/lesson.ts';

/** A file that is no lesson, and why. */
export type Mistake = { file: string; message: string };

/** The lessons in `folder`, in their order, and the files there with a mistake; none of either where there is no folder. */
export function readLessons(folder: string): { lessons: Lesson[]; mistakes: Mistake[] } {
  const lessons: Lesson[] = [];
  const mistakes: Mistake[] = [];
  for (const file of filesIn(folder)) {
    try {
      lessons.push(parseLesson(file, readFileSync(join(folder, file), 'utf8')));
    } catch (error) {
      if (!(error instanceof LessonError)) throw error;
      mistakes.push({ file, message: error.message });
    }
  }
  return { lessons, mistakes };
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.md') && name !== 'README.md')
      .sort();
  } catch {
    return [];
  }
}
