// /lessons: the lessons, and the learner's progress. A browser gets their page at the same addresses.

import * as v from 'valibot';
import { type Route, route } from '../../../runtime/control/route.ts';
import { object } from '../../../runtime/control/schema.ts';
import type { VisitorParts } from '../parts.ts';
import { pageOr } from './pages.ts';
import { orUnavailable } from './traces.ts';

const MAX_ANSWERS = 20;
const MAX_ANSWER_LENGTH = 200;

const answer = v.pipe(
  v.string('takes a text'),
  v.maxLength(MAX_ANSWER_LENGTH, `takes at most ${MAX_ANSWER_LENGTH} characters`),
);
const answers = v.pipe(
  v.array(answer, 'takes a list'),
  v.maxLength(MAX_ANSWERS, `takes at most ${MAX_ANSWERS} answers`),
);
const checkBody = v.optional(object({ answers: v.optional(answers, []) }), {});

export function lessonRoutes({ lessons, runQueue, built }: VisitorParts): Route[] {
  return [
    route('GET /lessons', ({ request }) => pageOr(lessons.list, request, built)),
    route('DELETE /lessons', () => {
      lessons.forget();
      return {};
    }),
    route('GET /lessons/:name', ({ params, request }) => pageOr(() => lessons.read(params.name), request, built)),
    route('POST /lessons/:name/begin', async ({ params, signal }) => {
      const endRun = await runQueue.acquire(signal); // a fault is hidden while no scenario runs, which may have set its own
      try {
        return { body: await lessons.begin(params.name) };
      } finally {
        endRun();
      }
    }),
    route('POST /lessons/:name/hint', ({ params }) => ({ body: lessons.hint(params.name) })),
    route('POST /lessons/:name/check', checkBody, async ({ params, body, signal }) => ({
      body: await orUnavailable(lessons.check(params.name, body.answers ?? [], signal)),
    })),
  ];
}
