// Reads the folder of lessons, at each request: a teacher sees a change at once.

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LessonError } from '../../../traces/lessons/check-language.ts';
import { type Lesson, parseLesson } from '../../../traces/lessons/lesson.ts';
import type { Lessons } from '../api.ts';

/** The lessons in `folder`, in their order, and the files there with a mistake; none of either where there is no folder. */
export function loadLessons(folder: string): { lessons: Lesson[]; mistakes: Lessons['mistakes'] } {
  const lessons: Lesson[] = [];
  const mistakes: Lessons['mistakes'] = [];
  for (const file of globSync('*.md', { cwd: folder }).sort()) {
    if (file === 'README.md') continue;
    try {
      lessons.push(parseLesson(file, readFileSync(join(folder, file), 'utf8')));
    } catch (error) {
      if (!(error instanceof LessonError)) throw error;
      mistakes.push({ file, message: error.message });
    }
  }
  return { lessons, mistakes };
}
