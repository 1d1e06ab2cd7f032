// GET, PUT, DELETE /app: the learner's own app, which the gateway holds. A page may set an address on this machine alone: no command,
// and no address elsewhere; these are for the lab's commands, at the gateway's control port.

import * as v from 'valibot';
import { type Route, route } from '../../../runtime/control/route.ts';
import { object } from '../../../runtime/control/schema.ts';
import type { OwnAppAnswer } from '../api.ts';
import { callControl } from '../control.ts';
import type { VisitorParts } from '../parts.ts';
import { pageOr } from './pages.ts';

/** What these may be, the gateway says. */
const ADDRESS = object({
  url: v.string('takes an address such as http://127.0.0.1:8000'),
  workers: v.optional(v.number('takes a number')),
  health: v.optional(v.string('takes a path')),
});

export function ownAppRoutes({ config, built }: VisitorParts): Route[] {
  const call = async (method: string, body?: object) =>
    (await callControl(config.gatewayControl, method, '/app', body && { body })) as OwnAppAnswer;
  return [
    route('GET /app', ({ request }) => pageOr(() => call('GET'), request, built)),
    route('PUT /app', ADDRESS, async ({ body }) => ({ body: await call('PUT', body) })),
    route('DELETE /app', async () => ({ body: await call('DELETE') })),
  ];
}
