// What the lab asks and answers for itself (health, control, polling, listening) belongs to no journey. Its own code opens
// no spans there; instrumentations that were switched on (http, undici, net, dns) must not either.

import type { IncomingMessage, Server } from 'node:http';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';

const servers = new WeakSet<object>();

/** Does `act`, whatever it calls or begins leaving no span; returns what it returns. */
export function untraced<T>(act: () => T): T {
  return context.with(suppressTracing(ROOT_CONTEXT), act);
}

/** Marks `server`: no request to it leaves a span. Returns it. */
export function leaveUntraced<S extends Server>(server: S): S {
  servers.add(server);
  return server;
}

/** Whether a request is the lab's own: to a server so marked, or a health check. */
export function isUntraced({ url, socket }: IncomingMessage): boolean {
  const { server } = socket as typeof socket & { server?: object };
  return url === '/healthz' || (server !== undefined && servers.has(server));
}
