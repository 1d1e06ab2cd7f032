// One request while it is in the gateway: its SERVER span, its client, and how it is answered.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Attributes, type Context, context, ROOT_CONTEXT, type Span } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { gateway } from '../../otel/contract/index.ts';
import { ATTR_QUEUE_OUTCOME } from '../../otel/contract/names.ts';
import { extractContext } from '../../otel/propagation/http.ts';
import { endSpan, failSpan, startSpan, within } from '../../otel/span.ts';
import { endOf } from '../../runtime/http/answered.ts';
import { type Body, type BodyBounds, type BodyFailure, readBody } from '../../runtime/http/body.ts';
import { hasBody } from '../../runtime/http/headers.ts';
import { log } from '../../runtime/log.ts';
import { answerFailure, type FailureCode } from './errors.ts';

/** Methods that may be sent twice without doing twice what they ask for (RFC 9110, 9.2.2). */
const IDEMPOTENT = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'];

/** Bodies are kept in memory: that one could not be kept does not happen. */
const BODY_FAILURES: Record<Exclude<BodyFailure, 'not_kept'>, FailureCode> = {
  too_large: 'body_too_large',
  too_slow: 'body_too_slow',
  broken: 'body_broken',
};

export class GatewayRequest {
  /** As it came from the client. */
  readonly received: IncomingMessage;
  /** What its client gets. */
  readonly response: ServerResponse;
  readonly method: string;
  /** Path and query, as they are sent to the worker. */
  readonly path: string;
  readonly hasBody: boolean;
  /** Once `takeBody` has resolved. */
  body: Body | undefined;
  /** The context of its SERVER span, parent of all that happens to it here. */
  readonly context: Context;
  readonly #span: Span;
  readonly #endTime: () => number;
  #failure: string | undefined;
  #whenGone: () => void = () => {};

  constructor(received: IncomingMessage, response: ServerResponse, path: string) {
    this.received = received;
    this.response = response;
    this.method = received.method ?? 'GET';
    this.path = path;
    this.hasBody = hasBody(received.headers);
    this.#span = startSpan(gateway.server, {
      words: { method: this.method },
      parent: extractContext(received.headers),
      attributes: {
        [semconv.ATTR_HTTP_REQUEST_METHOD]: this.method,
        [semconv.ATTR_URL_PATH]: path.replace(/\?.*/s, ''),
        [semconv.ATTR_URL_SCHEME]: 'http',
        ...(this.hasBody && { [ATTR_QUEUE_OUTCOME]: 'refused' }), // until its body is whole
      },
    });
    this.context = within(this.#span, ROOT_CONTEXT);
    this.#endTime = endOf(response);
    response.once('close', () => this.#end());
  }

  /** Whether its client has gone, or has been answered. */
  get isOver(): boolean {
    return this.response.destroyed || this.response.headersSent;
  }

  /** Waits until its body is whole. Resolves with whether it is; where it is not, the client has been told why. */
  async takeBody(bounds: BodyBounds): Promise<boolean> {
    const body = await readBody(this.received, this.response, bounds);
    if (this.isOver) return false;
    if (typeof body === 'string') this.fail(BODY_FAILURES[body as keyof typeof BODY_FAILURES]);
    else this.body = body;
    return typeof body !== 'string';
  }

  /** Whether it can be sent to another worker when the one that had it is lost: nothing of its body is gone then. */
  get canBeSentAgain(): boolean {
    return IDEMPOTENT.includes(this.method) && !this.hasBody && !this.response.headersSent;
  }

  /** Sets what is done when the client goes before its response is whole. */
  whenGone(act: () => void): void {
    this.#whenGone = act;
  }

  setAttributes(attributes: Attributes): void {
    this.#span.setAttributes(attributes);
  }

  /** Answers with a page that says what went wrong; where a response was begun already, cuts it off. */
  fail(code: FailureCode): void {
    context.with(this.context, () => log.warn({ code, method: this.method, path: this.path }, 'no response'));
    if (this.response.headersSent) {
      this.#failure = code;
      this.response.destroy();
    } else answerFailure(this.response, code);
  }

  #end(): void {
    const { received, response } = this;
    const isWhole = response.writableFinished;
    if (!isWhole && this.#failure === undefined) {
      this.#failure = 'client_gone';
      this.#whenGone();
    }
    if (!received.complete) received.resume(); // what is left of a body that nobody wants
    if (response.headersSent) this.#span.setAttribute(semconv.ATTR_HTTP_RESPONSE_STATUS_CODE, response.statusCode);
    if (this.#failure) failSpan(this.#span, this.#failure);
    else if (response.statusCode >= 500) failSpan(this.#span, String(response.statusCode));
    endSpan(this.#span, this.#endTime());
  }
}
