// GET /logs/<traceId>: what the services logged on a journey.

import { type Route, route } from '../../../runtime/control/route.ts';
import { Problem } from '../../../runtime/http/problem.ts';
import { parseTraceId } from '../../../traces/model.ts';
import { readLogs } from '../logs.ts';
import type { VisitorParts } from '../parts.ts';
import { createTurns } from '../run/turns.ts';

/** How many may wait while the logs are read for one. */
const WAITING = 16;

/** The routes of logs. */
export function logRoutes({ config }: VisitorParts): Route[] {
  const turns = createTurns(WAITING);

  return [
    route('GET /logs/:id', async ({ params, signal }) => {
      const traceId = parseTraceId(params.id);
      if (traceId === undefined) throw new Problem(400, 'bad_trace_id', 'A trace id is of up to 32 hexadecimal digits');
      const endTurn = await turns.take(signal);
      try {
        return { body: await readLogs(traceId, config.logs, signal) };
      } finally {
        endTurn();
      }
    }),
  ];
}
