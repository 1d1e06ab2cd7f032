// The handler of requests: each goes to the framework, and its response back (Django's WSGIHandler).

import type { IncomingMessage, ServerResponse } from 'node:http';
import { ATTR_URL_PATH, ATTR_URL_SCHEME } from '@opentelemetry/semantic-conventions';
import { app } from '../../otel/contract/index.ts';
import { ATTR_DEPLOYMENT_ID } from '../../otel/contract/names.ts';
import { errorType } from '../../otel/span.ts';
import { readBody } from '../../runtime/http/body.ts';
import { openServerSpan } from '../../runtime/http/server-span.ts';
import type { AppConfig } from './config.ts';
import { createApplication } from './framework/application.ts';
import { schemeOf } from './framework/http/request.ts';
import type { Response } from './framework/http/response.ts';
import { readSite } from './site.ts';
import type { Answer } from './worker/server.ts';

/** Loads the site of `config`: how its requests are answered, its hosts, its background worker, and how its database is closed. */
export async function loadSite(config: AppConfig) {
  const { siteSettings } = await readSite(config);
  const settings = siteSettings(config);
  const { release } = config.site;
  const application = createApplication(settings);
  setImmediate(() => void application.locateViews());

  const answer: Answer = (request, response) => {
    const { method = 'GET', url: target = '/', headers } = request;
    const server = openServerSpan(app.server, request, response, {
      words: { method, route: '' },
      attributes: {
        [ATTR_URL_PATH]: target.split('?', 1)[0] ?? '/',
        [ATTR_URL_SCHEME]: schemeOf(headers),
        ...(release !== null && { [ATTR_DEPLOYMENT_ID]: release }),
      },
    });
    return server.run(async () => {
      const bodyOf = (max: number) => readBody(request, response, { max });
      const received = { method, target, headers, readBody: bodyOf, client: server };
      const { response: answered, failure } = await application.answer(received, server.span);
      if (failure !== undefined) server.fail(errorType(failure), failure);
      send(answered, request, response);
    });
  };
  return {
    answer,
    hosts: settings.sites.flatMap(({ hosts }) => hosts),
    startTaskWorker: () => application.startTaskWorker(),
    close: () => application.close(),
  };
}

function send({ status, headers, cookies, body }: Response, request: IncomingMessage, response: ServerResponse): void {
  if (response.destroyed) return; // its client has closed the connection
  response.writeHead(status, {
    ...headers,
    ...(cookies.length > 0 && { 'set-cookie': cookies }),
    'content-length': Buffer.byteLength(body),
    // The rest of an unread body would be read as the next request.
    ...(!request.complete && { connection: 'close' }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
