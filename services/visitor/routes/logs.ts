// GET /logs/<traceId>: the log lines of all services that belong to a trace.

import { type Route, route } from '../../../runtime/control/route.ts';
import { readLogs } from '../logs.ts';
import type { VisitorParts } from '../parts.ts';
import { createRunQueue } from '../run/run-queue.ts';
import { requiredTraceId } from './traces.ts';

export function logRoutes({ config }: VisitorParts): Route[] {
  const queue = createRunQueue(); // reading is slow: one trace at a time

  return [
    route('GET /logs/:id', async ({ params, signal }) => {
      const traceId = requiredTraceId(params.id);
      const end = await queue.acquire(signal);
      try {
        return { body: await readLogs(traceId, config.logs, signal) };
      } finally {
        end();
      }
    }),
  ];
}
