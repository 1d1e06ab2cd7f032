// One request while it is in the gateway: its SERVER span, its body, and the error page that it may be answered with.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { context } from '@opentelemetry/api';
import { ATTR_URL_PATH } from '@opentelemetry/semantic-conventions';
import { gateway } from '../../otel/contract/index.ts';
import { ATTR_QUEUE_OUTCOME } from '../../otel/contract/names.ts';
import { type Body, type BodyBounds, readBody } from '../../runtime/http/body.ts';
import { hasBody } from '../../runtime/http/headers.ts';
import { openServerSpan, type ServerSpan } from '../../runtime/http/server-span.ts';
import { log } from '../../runtime/log.ts';
import { answerFailure, type FailureCode } from './errors.ts';

/** Methods whose requests may be sent twice to the same effect (RFC 9110, 9.2.2). */
const IDEMPOTENT = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'];

/** Path and query, as they are sent to the worker; the host, which only HTTP/1.0 may leave out. */
export type RequestTarget = { path: string; host: string | undefined };

export class GatewayRequest {
  readonly received: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly path: string;
  /** Sent to the worker. */
  host: string | undefined;
  readonly hasBody: boolean;
  /** Once `receiveBody` has resolved. */
  body: Body | undefined;
  readonly serverSpan: ServerSpan<typeof gateway.server>;

  constructor(received: IncomingMessage, response: ServerResponse, { path, host }: RequestTarget) {
    this.received = received;
    this.response = response;
    this.method = received.method ?? 'GET';
    this.path = path;
    this.host = host;
    this.hasBody = hasBody(received.headers);
    this.serverSpan = openServerSpan(gateway.server, received, response, {
      words: { method: this.method },
      attributes: {
        [ATTR_URL_PATH]: path.replace(/\?.*/s, ''),
        ...(this.hasBody && { [ATTR_QUEUE_OUTCOME]: 'refused' }), // until its body is complete
      },
    });
  }

  /** Receives its body. Resolves with whether it is complete; if it is not, the client has been sent the reason. */
  async receiveBody(bounds: BodyBounds): Promise<boolean> {
    const body = await readBody(this.received, this.response, bounds);
    if (this.serverSpan.isOver) return false;
    if (typeof body === 'string')
      this.fail(`body_${body as 'too_large' | 'too_slow' | 'broken'}`); // the others are of files
    else this.body = body;
    return typeof body !== 'string';
  }

  /** Whether it can be sent to another worker when one is lost. */
  get isRetryable(): boolean {
    return IDEMPOTENT.includes(this.method) && !this.hasBody && !this.response.headersSent;
  }

  /** Answers with the error page of `code`; closes the connection if a response was begun already. */
  fail(code: FailureCode): void {
    context.with(this.serverSpan.context, () =>
      log.warn({ code, method: this.method, path: this.path }, 'no response'),
    );
    if (this.response.headersSent) {
      this.serverSpan.fail(code);
      this.response.destroy();
    } else answerFailure(this.response, code);
  }
}
