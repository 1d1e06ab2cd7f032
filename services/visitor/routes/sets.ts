// POST /sets: sends one or two scenarios many times. GET /sets/<id>.json: the figures of those that were sent.

import * as v from 'valibot';
import { type Route, route } from '../../../runtime/control/route.ts';
import { object, oneOf, wholeNumber } from '../../../runtime/control/schema.ts';
import { ApiError } from '../../../runtime/http/api-error.ts';
import { findScenario } from '../../../scenarios/scenarios.ts';
import type { VisitorParts } from '../parts.ts';
import { MAX_TIMES, readSet } from '../sets/read.ts';
import { type SentSide, sendSets } from '../sets/send.ts';
import { linesReply } from './scenarios.ts';
import { orUnavailable } from './traces.ts';

const side = object({
  scenario: v.string('takes a name'),
  visit: v.optional(wholeNumber({ min: 1, max: 100 })),
  start: v.optional(oneOf(['cold', 'new', 'warm']), 'warm'),
});
const order = object({
  sides: v.pipe(
    v.array(side, 'takes a list of one or two'),
    v.minLength(1, 'takes one or two'),
    v.maxLength(2, 'takes one or two'),
  ),
  times: v.optional(wholeNumber({ min: 1, max: MAX_TIMES }), 15),
});

type AskedSide = v.InferOutput<typeof side>;

export function setRoutes({ config, browsers, runQueue, closing, recent }: VisitorParts): Route[] {
  return [
    route('POST /sets', order, ({ body, signal: gone }) => {
      const sides = body.sides.map(sideOf);
      runQueue.refuseWhenFull();
      const signal = AbortSignal.any([gone, closing]);
      const options = { config, browsers, runQueue, signal };
      return linesReply(sendSets(sides, body.times, options), gone);
    }),
    route('GET /sets/:id.json', async ({ params: { id }, signal }) => {
      const set = await orUnavailable(readSet(id, recent, config.jaegerUrl, signal));
      if (set === undefined) throw new ApiError(404, 'no_set', `No trace of the set "${id}" is kept here`);
      return { body: set };
    }),
  ];
}

function sideOf({ scenario: name, visit, start }: AskedSide): SentSide {
  const scenario = findScenario(name);
  if (scenario === undefined) throw new ApiError(404, 'no_scenario', `There is no scenario "${name}"`);
  const { length } = scenario.visits;
  if ((visit ?? 1) > length) throw new ApiError(400, 'bad_body', `visit takes 1 to ${length}: "${name}" has no more`);
  if (scenario.reload)
    throw new ApiError(400, 'not_repeatable', `"${name}" restarts all workers: it can be sent once only`);
  return { scenario, visit: (visit ?? length) - 1, start };
}
