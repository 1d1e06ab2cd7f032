// One worker: each request that the gateway hands over goes to the framework, and its answer back (WSGI's place in Django).
// What is the app server's own (bounds, watchdog, health, draining) is in worker/.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { extractContext } from '../../otel/propagation/http.ts';
import { endOf } from '../../runtime/http/answered.ts';
import type { AppConfig } from './config.ts';
import { type Application, createApplication } from './framework/application.ts';
import type { Response } from './framework/http/response.ts';
import { openServerSpan } from './framework/spans.ts';
import { siteSettings } from './site/settings.ts';
import { createWorkerServer } from './worker/server.ts';

/** The worker as a server: `listen` resolves with the port, `close` finishes what is in hand and leaves the database. */
export function createApp(config: AppConfig) {
  const settings = siteSettings(config);
  const application = createApplication(settings);
  const server = createWorkerServer((request, response) => answer(application, request, response), {
    ...config,
    siteHosts: settings.sites.flatMap(({ hosts }) => hosts),
  });
  return {
    listen: async () => {
      const port = await server.listen();
      setImmediate(() => void application.locateViews());
      return port;
    },
    close: async () => {
      await server.close();
      await application.close();
    },
  };
}

async function answer(application: Application, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url: target = '/', headers } = request;
  const scheme = headers['x-forwarded-proto']?.toString() ?? 'http';
  const span = openServerSpan(method, target.split('?', 1)[0] ?? '/', scheme, extractContext(headers));
  const endTime = endOf(response);
  const client = new AbortController();
  const closed = new Promise<void>((resolve) => {
    response.once('close', () => {
      if (!response.writableFinished) client.abort();
      resolve();
    });
  });
  const received = { method, target, headers, body: request, signal: client.signal };
  send(await span.run(() => application.answer(received, span)), request, response);
  await closed;
  const { statusCode, headersSent, writableFinished } = response;
  const problem = statusCode >= 500 ? String(statusCode) : undefined;
  span.end(headersSent ? statusCode : null, writableFinished ? problem : 'client_gone', endTime());
}

function send({ status, headers, cookies, body }: Response, request: IncomingMessage, response: ServerResponse): void {
  if (response.destroyed) return; // nobody is there to read it
  response.writeHead(status, {
    ...headers,
    ...(cookies.length > 0 && { 'set-cookie': cookies }),
    'content-length': Buffer.byteLength(body),
    // A body that nobody read would be taken for the next request.
    ...(!request.complete && { connection: 'close' }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
