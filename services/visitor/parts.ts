// What the visitor's routes share.

import { createBrowsers } from './browser.ts';
import type { VisitorConfig } from './config.ts';
import { createLessonService } from './lessons/lesson-service.ts';
import { createBuiltPage } from './page/built.ts';
import { createLive } from './recent/live.ts';
import { createRecent } from './recent/recent.ts';
import { createRunQueue } from './run/run-queue.ts';

/** What the routes share; `closing` aborts when the visitor shuts down. */
export function createParts(config: VisitorConfig, closing: AbortSignal) {
  const recent = createRecent(config.jaegerUrl);
  const lessons = createLessonService(config, recent);
  return {
    config,
    closing,
    recent,
    browsers: createBrowsers(config.learner === undefined ? undefined : lessons.current),
    runQueue: createRunQueue(),
    live: createLive(recent),
    built: createBuiltPage(config.pageFolder),
    lessons,
  };
}

export type VisitorParts = ReturnType<typeof createParts>;
