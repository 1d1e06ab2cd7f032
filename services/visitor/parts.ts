// What the visitor's routes share, made once.

import { type Browsers, createBrowsers } from './browser.ts';
import type { VisitorConfig } from './config.ts';
import { type Course, createCourse } from './lessons/course.ts';
import { type BuiltPage, createBuiltPage } from './page/built.ts';
import { createLive, type Live } from './recent/live.ts';
import { createRecent, type Recent } from './recent/recent.ts';
import { createTurns, type Turns } from './run/turns.ts';

/** How many runs may wait for their turn. */
const WAITING = 16;

/** What the routes share. */
export type VisitorParts = {
  config: VisitorConfig;
  browsers: Browsers;
  turns: Turns;
  recent: Recent;
  live: Live;
  built: BuiltPage;
  course: Course;
  /** Aborts when the visitor is told to end. */
  closing: AbortSignal;
};

/** What the routes share, not yet in use. */
export function visitorParts(config: VisitorConfig, closing = new AbortController().signal): VisitorParts {
  const recent = createRecent(config.jaegerUrl);
  return {
    config,
    browsers: createBrowsers(),
    turns: createTurns(WAITING),
    recent,
    live: createLive(recent),
    built: createBuiltPage(config.pageFolder),
    course: createCourse(config, recent),
    closing,
  };
}
