// Warms up a worker before it takes requests: it answers requests of its own, over a connection to itself.

import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contextHeaders } from '../../../otel/propagation/http.ts';
import { canWarmUp, warmUpContext } from '../../../otel/warm-up.ts';
import type { Answer } from './server.ts';

/** Pages that only read. */
const PAGES = [
  { host: 'tatis.test', path: '/' },
  { host: 'djangogirls.test', path: '/letters/Ola/' },
];
const ROUNDS = 2; // the visitor's own visits behind "ready" do the rest
/** The most time that it takes, in ms. */
const MAX_MS = 250;

/** Sends GET requests for PAGES to `answer`, in turns; never rejects. */
export async function warmUp(answer: Answer): Promise<void> {
  if (!canWarmUp()) return;
  const server = createServer((request, response) => void answer(request, response));
  const agent = new Agent({ keepAlive: true });
  const signal = AbortSignal.timeout(MAX_MS);
  try {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    for (let sent = 0; sent < ROUNDS * PAGES.length; sent++) {
      const { host, path } = PAGES[sent % PAGES.length] as (typeof PAGES)[number];
      const headers = { host, ...contextHeaders(warmUpContext()) };
      const [response] = (await once(get({ port, path, headers, agent, signal }), 'response')) as [IncomingMessage];
      await once(response.resume(), 'end');
    }
  } catch {
    // The time is over, or a request failed: a real one reports why.
  } finally {
    agent.destroy();
    server.close();
    server.closeAllConnections();
  }
}
