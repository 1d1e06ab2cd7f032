// The private control port: what the lab needs and no client of a real phonebook could ask for.
//
//   POST   /flush     empties the resolver's memory (204)
//   GET    /faults    what is broken on purpose
//   PUT    /faults    breaks it: {"slow": {"tatis.test.": 400}, "lost": {"test.": 50}}
//   DELETE /faults    mends everything
//   GET    /healthz   200 ok

import { createServer, type IncomingMessage, type Server } from 'node:http';
import { leaveUntraced } from '../../otel/untraced.ts';
import { FAULTS, type Faults } from './faults.ts';

type Answer = { status: number; body?: string };

const MOST_BODY = 10_000;

/** Makes the control server; not yet listening. */
export function createControl({ flush, faults }: { flush: () => void; faults: Faults }): Server {
  const told = (): Answer => ({
    status: 200,
    body: `${JSON.stringify({ faults: faults.table, known: FAULTS }, null, 2)}\n`,
  });
  const routes: Record<string, (body: string) => Answer> = {
    'POST /flush': () => {
      flush();
      return { status: 204 };
    },
    'GET /faults': told,
    'PUT /faults': (body) => {
      try {
        faults.set(JSON.parse(body));
        return told();
      } catch (error) {
        return { status: 400, body: `${(error as Error).message}\n` };
      }
    },
    'DELETE /faults': () => {
      faults.set({});
      return told();
    },
    'GET /healthz': () => ({ status: 200, body: 'ok\n' }),
  };
  const server = createServer(async (request, response) => {
    const route = routes[`${request.method} ${request.url}`];
    const body = await read(request).catch(() => undefined);
    if (body === undefined) return void response.writeHead(413, { connection: 'close' }).end();
    const answer = route?.(body) ?? { status: 404, body: `There is: ${Object.keys(routes).join(', ')}\n` };
    response.writeHead(answer.status, { 'content-type': 'text/plain' }).end(answer.body);
  });
  return leaveUntraced(server);
}

async function read(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > MOST_BODY) throw new Error('too long');
  }
  return body;
}
