// One worker: each request that the gateway hands over goes to the framework, and its answer back (WSGI's place in Django).
// What is the app server's own (bounds, watchdog, health, draining) is in worker/.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { ATTR_URL_PATH, ATTR_URL_SCHEME } from '@opentelemetry/semantic-conventions';
import { app as appSpans } from '../../otel/contract/index.ts';
import { ATTR_DEPLOYMENT_ID } from '../../otel/contract/names.ts';
import { errorType } from '../../otel/span.ts';
import { openServerSpan } from '../../runtime/http/server-span.ts';
import type { AppConfig } from './config.ts';
import { type Application, createApplication } from './framework/application.ts';
import { schemeOf } from './framework/http/request.ts';
import type { Response } from './framework/http/response.ts';
import { readSite } from './site.ts';
import { createWorkerServer } from './worker/server.ts';

/** The worker as a server: `listen` resolves with the port, `close` finishes what is in hand and leaves the database. */
export async function createApp(config: AppConfig) {
  const { siteSettings } = await readSite(config);
  const settings = siteSettings(config);
  const { release } = config.site;
  const application = createApplication(settings);
  const server = createWorkerServer((request, response) => answer(application, release, request, response), {
    ...config,
    release,
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

function answer(
  application: Application,
  release: string | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url: target = '/', headers } = request;
  const server = openServerSpan(appSpans.server, request, response, {
    words: { method, route: '' },
    attributes: {
      [ATTR_URL_PATH]: target.split('?', 1)[0] ?? '/',
      [ATTR_URL_SCHEME]: schemeOf(headers),
      ...(release !== null && { [ATTR_DEPLOYMENT_ID]: release }),
    },
  });
  return server.run(async () => {
    const received = { method, target, headers, body: request, client: server };
    const { response: answered, failure } = await application.answer(received, server.span);
    if (failure !== undefined) server.fail(errorType(failure), failure);
    send(answered, request, response);
  });
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
