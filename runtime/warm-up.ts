// Warms up a process before it takes part: it runs its own code, so that its first real request is not slowed by compilation. What it
// does belongs to the trace of the warm-up (otel/warm-up.ts), which is not exported.

import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { context } from '@opentelemetry/api';
import { contextHeaders } from '../otel/propagation/http.ts';
import { untraced } from '../otel/untraced.ts';
import { canWarmUp, warmUpContext } from '../otel/warm-up.ts';
import type { Endpoint } from './net/endpoint.ts';
import { listenPrivately } from './net/listen.ts';

/** The most time that it takes, in ms. */
const MAX_MS = 250;
const CONNECT_MS = 100;

/** Does `act` up to `times` times, one after the other, for at most MAX_MS; never rejects: a real request reports what is wrong. */
export async function warmUp(times: number, act: (done: number) => Promise<unknown>): Promise<void> {
  if (!canWarmUp()) return;
  const isOver = delay(MAX_MS, true, { ref: false });
  try {
    for (let done = 0; done < times; done++) {
      const acted = context.with(warmUpContext(), () => act(done)); // instrumentations that are switched on leave spans, too
      if ((await Promise.race([acted, isOver])) === true) return;
    }
  } catch {}
}

/** Has an HTTP server that does not listen yet answer GET requests for `pages`, in turns, `times` in all, over a connection of its own. */
export async function warmUpServer({
  accept,
  pages,
  times,
}: {
  accept: (socket: Socket) => void;
  pages: readonly { host: string; path: string }[];
  times: number;
}): Promise<void> {
  if (!canWarmUp()) return;
  const listener = createServer({ noDelay: true }, accept);
  const agent = new Agent({ keepAlive: true });
  const port = await listenPrivately(listener);
  await warmUp(times, async (done) => {
    const { host, path } = pages[done % pages.length] as (typeof pages)[number];
    const headers = { host, ...contextHeaders(warmUpContext()) };
    const [response] = (await once(get({ port, path, headers, agent }), 'response')) as [IncomingMessage];
    await once(response.resume(), 'end');
  });
  agent.destroy();
  listener.close();
}

/** Whether a process listens at `endpoint` now. */
export async function isListening({ host, port }: Endpoint): Promise<boolean> {
  const socket = untraced(() => connect({ host, port })).on('error', () => {});
  const accepted = await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_MS) }).then(
    () => true,
    () => false,
  );
  socket.destroy();
  return accepted;
}
