// The private control API: the table of workers, and knobs for scenarios and lessons.
//
//   GET    /workers    who is at work, and how many requests wait
//   POST   /reload     replaces all workers, one after another; answers when the last is new
//   GET    /settings   the knobs; /settings/defaults: what they are when nobody has turned them
//   PUT    /settings   turns some of them: {"workers": 1}
//   DELETE /settings   puts all of them back

import * as v from 'valibot';
import { createControl as createServer } from '../../runtime/control/control.ts';
import { route } from '../../runtime/control/route.ts';
import { milliseconds, object, oneOf, wholeNumber } from '../../runtime/control/schema.ts';
import { Problem } from '../../runtime/http/problem.ts';
import { listen } from '../../runtime/net/listen.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import { type GatewayConfig, MOST_REQUESTS, MOST_WORKERS, type Settings } from './config.ts';
import { FAULTS } from './faults.ts';
import type { WorkerPool } from './pool.ts';
import type { Queue } from './queue.ts';
import type { Worker } from './worker.ts';

type Controlled = { pool: WorkerPool; queue: Queue<Worker>; settings: Settings };

const SETTINGS = object({
  workers: v.optional(wholeNumber({ least: 0, most: MOST_WORKERS })),
  queueDepth: v.optional(wholeNumber({ least: 0, most: MOST_REQUESTS })),
  queueWait: v.optional(milliseconds()),
  timeout: v.optional(milliseconds()),
  fault: v.optional(oneOf(FAULTS)),
  faultEvery: v.optional(wholeNumber({ least: 1, most: 1_000_000 })),
});

/** The control server; `settings` is changed in place. */
export function createControl(config: GatewayConfig, { pool, queue, settings }: Controlled) {
  const set = (wanted: Partial<Settings>) => {
    Object.assign(settings, wanted);
    queue.serve(); // more workers may now be given requests
    return { body: settings };
  };

  let reloading: Promise<{ replaced: string[] }> | undefined;
  const reload = async () => {
    reloading ??= pool.reload().finally(() => {
      reloading = undefined;
    });
    const body = await reloading.catch((error: Error) => {
      throw new Problem(503, 'not_replaced', error.message);
    });
    return { body };
  };

  const server = createServer(
    [
      route('GET /workers', () => ({ body: { queue: queue.depth, workers: pool.workers.map(row) } })),
      route('POST /reload', reload),
      route('GET /settings', () => ({ body: settings })),
      route('GET /settings/defaults', () => ({ body: config.settings })),
      route('PUT /settings', SETTINGS, ({ body }) => set(body as Partial<Settings>)),
      route('DELETE /settings', () => set(config.settings)),
    ],
    { hosts: config.allowedHosts },
  );
  return { listen: () => listen(server, config.control), close: () => closeServer(server) };
}

function row({ id, pid, origin, state, siteRelease, since, served, inHand }: Worker) {
  return {
    worker: id,
    pid,
    origin,
    state,
    release: siteRelease,
    ageMs: since === 0 ? 0 : Date.now() - since,
    served,
    inHand,
  };
}
