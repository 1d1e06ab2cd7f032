// GET, PUT, DELETE /faults: the faults of the whole lab.

import * as v from 'valibot';
import { type Route, route } from '../../../runtime/control/route.ts';
import { table } from '../../../runtime/control/schema.ts';
import type { Faults } from '../api.ts';
import { readFaults, resetFaults, setFaults } from '../faults.ts';
import type { VisitorParts } from '../parts.ts';
import { pageOr } from './pages.ts';

const VALUE = v.union([v.boolean(), v.number(), v.string()], 'takes true or false, a number, or a choice');
const changes = table(v.string(), VALUE);

export function faultRoutes({ config, runQueue, built, lessons }: VisitorParts): Route[] {
  /** Changes faults while no scenario runs, which may have set some of its own. */
  const change = async (signal: AbortSignal, run: () => Promise<Faults>) => {
    const endRun = await runQueue.acquire(signal);
    try {
      return { body: lessons.mask(await run()) };
    } finally {
      endRun();
    }
  };

  return [
    route('GET /faults', ({ request }) => pageOr(async () => lessons.mask(await readFaults(config)), request, built)),
    route('PUT /faults', changes, ({ body, signal }) => change(signal, () => setFaults(body, config))),
    route('DELETE /faults', ({ signal }) => change(signal, () => resetFaults(config))),
  ];
}
