// The private control port: what the lab needs and no client of a real phonebook could ask for.
//
//   POST /flush     empties the resolver's memory (204)
//   GET  /healthz   200 ok

import { createServer, type Server } from 'node:http';

/** Makes the control server; not yet listening. */
export function createControl({ flush }: { flush: () => void }): Server {
  const routes: Record<string, () => { status: number; body?: string }> = {
    'POST /flush': () => {
      flush();
      return { status: 204 };
    },
    'GET /healthz': () => ({ status: 200, body: 'ok\n' }),
  };
  return createServer((request, response) => {
    request.resume();
    const route = routes[`${request.method} ${request.url}`];
    const { status, body } = route?.() ?? { status: 404, body: `There is: ${Object.keys(routes).join(', ')}\n` };
    response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
  });
}
