// One request while it is in the gateway: its SERVER span, its client, and how it is answered.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Context, context } from '@opentelemetry/api';
import { ATTR_URL_PATH } from '@opentelemetry/semantic-conventions';
import { gateway } from '../../otel/contract/index.ts';
import { ATTR_QUEUE_OUTCOME } from '../../otel/contract/names.ts';
import type { AttributesOf } from '../../otel/contract/spec.ts';
import { type Body, type BodyBounds, type BodyFailure, readBody } from '../../runtime/http/body.ts';
import { hasBody } from '../../runtime/http/headers.ts';
import { openServerSpan, type ServerSpan } from '../../runtime/http/server-span.ts';
import { log } from '../../runtime/log.ts';
import { answerFailure, type FailureCode } from './errors.ts';

/** Methods that may be sent twice without doing twice what they ask for (RFC 9110, 9.2.2). */
const IDEMPOTENT = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'];

/** Bodies are kept in memory: that one could not be kept does not happen. */
const BODY_FAILURES: Record<Exclude<BodyFailure, 'not_kept' | 'no_room'>, FailureCode> = {
  too_large: 'body_too_large',
  too_slow: 'body_too_slow',
  broken: 'body_broken',
};

/** Path and query, as they are sent to the worker; the host that is asked, which only HTTP/1.0 may leave out. */
export type Target = { path: string; host: string | undefined };

export class GatewayRequest {
  /** As it came from the client. */
  readonly received: IncomingMessage;
  /** What its client gets. */
  readonly response: ServerResponse;
  readonly method: string;
  readonly path: string;
  readonly host: string | undefined;
  readonly hasBody: boolean;
  /** Once `takeBody` has resolved. */
  body: Body | undefined;
  readonly #span: ServerSpan<typeof gateway.server>;

  constructor(received: IncomingMessage, response: ServerResponse, { path, host }: Target) {
    this.received = received;
    this.response = response;
    this.method = received.method ?? 'GET';
    this.path = path;
    this.host = host;
    this.hasBody = hasBody(received.headers);
    this.#span = openServerSpan(gateway.server, received, response, {
      words: { method: this.method },
      attributes: {
        [ATTR_URL_PATH]: path.replace(/\?.*/s, ''),
        ...(this.hasBody && { [ATTR_QUEUE_OUTCOME]: 'refused' }), // until its body is whole
      },
    });
  }

  /** The context of its SERVER span, parent of all that happens to it here. */
  get context(): Context {
    return this.#span.context;
  }

  /** Aborted when the client goes before its response is whole. */
  get signal(): AbortSignal {
    return this.#span.signal;
  }

  /** Whether heads are shown on the spans of this request. */
  get hasHeads(): boolean {
    return this.#span.hasHeads;
  }

  /** Does `step`, which sees that it is answered. */
  run(step: () => Promise<void>): Promise<void> {
    return this.#span.run(step);
  }

  /** Waits until its body is whole. Resolves with whether it is; where it is not, the client has been told why. */
  async takeBody(bounds: BodyBounds): Promise<boolean> {
    const body = await readBody(this.received, this.response, bounds);
    if (this.#span.isOver) return false;
    if (typeof body === 'string') this.fail(BODY_FAILURES[body as keyof typeof BODY_FAILURES]);
    else this.body = body;
    return typeof body !== 'string';
  }

  /** Whether it can be sent to another worker when the one that had it is lost: nothing of its body is gone then. */
  get canBeSentAgain(): boolean {
    return IDEMPOTENT.includes(this.method) && !this.hasBody && !this.response.headersSent;
  }

  setAttributes(attributes: AttributesOf<typeof gateway.server>): void {
    this.#span.span.setAttributes(attributes);
  }

  /** Answers with a page that says what went wrong; where a response was begun already, cuts it off. */
  fail(code: FailureCode): void {
    context.with(this.context, () => log.warn({ code, method: this.method, path: this.path }, 'no response'));
    if (this.response.headersSent) {
      this.#span.fail(code);
      this.response.destroy();
    } else answerFailure(this.response, code);
  }
}
