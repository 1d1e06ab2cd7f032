// /lessons: what there is to learn, and how far the learner has come. Its pages and its JSON have the same addresses.

import * as v from 'valibot';
import { type Reply, type Route, route } from '../../../runtime/control/route.ts';
import { object } from '../../../runtime/control/schema.ts';
import { documentReply } from '../page/document.ts';
import type { VisitorParts } from '../parts.ts';
import { NEEDS_SCRIPT, wantsPage } from './pages.ts';
import { orAway } from './traces.ts';

const MAX_ANSWERS = 20;
const MAX_ANSWER_LENGTH = 200;

const answer = v.pipe(
  v.string('takes a text'),
  v.maxLength(MAX_ANSWER_LENGTH, `takes at most ${MAX_ANSWER_LENGTH} characters`),
);
const answers = v.optional(
  object({
    answers: v.optional(
      v.pipe(v.array(answer, 'takes a list'), v.maxLength(MAX_ANSWERS, `takes at most ${MAX_ANSWERS} answers`)),
      [],
    ),
  }),
  {},
);

/** The routes of lessons. */
export function lessonRoutes({ course, turns, built }: VisitorParts): Route[] {
  const json = (body: object): Reply => ({ headers: { vary: 'Accept' }, body });
  const page = () => documentReply(NEEDS_SCRIPT, built.manifest());

  return [
    route('GET /lessons', ({ request }) => (wantsPage(request) ? page() : json(course.list()))),
    route('DELETE /lessons', () => {
      course.forget();
      return {};
    }),
    route('GET /lessons/:name', ({ params, request }) =>
      wantsPage(request) ? page() : json(course.read(params.name)),
    ),
    route('POST /lessons/:name/begin', async ({ params, signal }) => {
      const endTurn = await turns.take(signal); // a fault is hidden when no scenario has turned knobs of its own
      try {
        return { body: await course.begin(params.name) };
      } finally {
        endTurn();
      }
    }),
    route('POST /lessons/:name/hint', ({ params }) => ({ body: course.hint(params.name) })),
    route('POST /lessons/:name/check', answers, async ({ params, body, signal }) => ({
      body: await orAway(course.check(params.name, body.answers ?? [], signal)),
    })),
  ];
}
