// The private door: GET /workers is the table; POST /reload replaces all workers, one after another; GET and PUT
// /settings are knobs for scenarios and lessons, DELETE puts them back. Its requests leave no span.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { leaveUntraced } from '../../otel/untraced.ts';
import { listen } from '../../runtime/net/listen.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import type { GatewayConfig, Settings } from './config.ts';
import type { Crew } from './crew.ts';
import { FAULTS } from './faults.ts';
import type { Queue } from './queue.ts';
import type { Worker } from './worker.ts';

type Controlled = { crew: Crew; queue: Queue<Worker>; settings: Settings };

/** The control server; `settings` is changed in place. */
export function createControl(config: GatewayConfig, { crew, queue, settings }: Controlled) {
  const routes: Record<string, (request: IncomingMessage) => Promise<unknown> | unknown> = {
    'GET /healthz': () => 'ok',
    'GET /workers': () => ({ queue: queue.depth, workers: crew.workers.map(row) }),
    'POST /reload': () => crew.reload(),
    'GET /settings': () => settings,
    'PUT /settings': async (request) => change(settings, await text(request)),
    'DELETE /settings': () => Object.assign(settings, config.settings),
  };

  const server = createServer(async (request, response) => {
    const route = routes[`${request.method} ${request.url}`];
    if (route === undefined) return answer(response, 404, { error: `Here are ${Object.keys(routes).join(', ')}` });
    try {
      answer(response, 200, await route(request));
      queue.serve();
    } catch (error) {
      answer(response, 400, { error: (error as Error).message });
    }
  });

  leaveUntraced(server);
  return { listen: () => listen(server, config.control), close: () => closeServer(server) };
}

function row({ id, pid, origin, state, since, served, inHand }: Worker) {
  return { worker: id, pid, origin, state, ageMs: since === 0 ? 0 : Date.now() - since, served, inHand };
}

function change(settings: Settings, body: string): Settings {
  const wanted: unknown = JSON.parse(body);
  const entries = typeof wanted === 'object' && wanted !== null ? Object.entries(wanted) : [];
  for (const [name, value] of entries) {
    if (!(name in settings)) throw new Error(`Unknown: ${name}. Settings are ${Object.keys(settings).join(', ')}`);
    if (name === 'fault' && !FAULTS.includes(value)) throw new Error(`fault takes ${FAULTS.join(', ')}`);
    if (name !== 'fault' && !(Number.isSafeInteger(value) && value >= 0))
      throw new Error(`${name} takes a whole number of at least 0`);
  }
  return Object.assign(settings, wanted);
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  if (body === 'ok') response.writeHead(status, { 'content-type': 'text/plain' }).end('ok\n');
  else response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}
