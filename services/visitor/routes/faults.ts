// GET, PUT, DELETE /faults: the knobs of the whole lab.

import * as v from 'valibot';
import { type Route, route } from '../../../runtime/control/route.ts';
import { table } from '../../../runtime/control/schema.ts';
import type { Faults } from '../api.ts';
import { mendFaults, readFaults, turnFaults } from '../faults/faults.ts';
import { documentReply } from '../page/document.ts';
import type { VisitorParts } from '../parts.ts';
import { NEEDS_SCRIPT, wantsPage } from './pages.ts';

const TAKES = 'takes true or false, a number, or a choice';
const changes = table(v.string(), v.union([v.boolean(), v.number(), v.string()], TAKES));

/** The routes of the knobs. */
export function faultRoutes({ config, turns, built, course }: VisitorParts): Route[] {
  /** Turns knobs when no scenario has turned some of its own. */
  const inTurn = async (signal: AbortSignal, turn: () => Promise<Faults>) => {
    const endTurn = await turns.take(signal);
    try {
      return { body: course.mask(await turn()) };
    } finally {
      endTurn();
    }
  };

  return [
    route('GET /faults', async ({ request }) =>
      wantsPage(request)
        ? documentReply(NEEDS_SCRIPT, built.manifest())
        : { headers: { vary: 'Accept' }, body: course.mask(await readFaults(config)) },
    ),
    route('PUT /faults', changes, ({ body, signal }) => inTurn(signal, () => turnFaults(body, config))),
    route('DELETE /faults', ({ signal }) => inTurn(signal, () => mendFaults(config))),
  ];
}
