// One request sent to one worker by undici's dispatch; the response is passed on as it arrives.

import type { BlockList } from 'node:net';
import { type Context, context } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import type { Dispatcher } from 'undici';
import { now } from '../../otel/clock.ts';
import { gateway } from '../../otel/contract/index.ts';
import {
  ATTR_FAULT,
  ATTR_HTTP_REQUEST_HEAD,
  ATTR_HTTP_RESPONSE_HEAD,
  ATTR_OWN_APP,
  ATTR_WORKER_ID,
  ATTR_WORKER_PID,
  ATTR_WORKER_STATE,
} from '../../otel/contract/names.ts';
import type { SpanOf } from '../../otel/contract/spec.ts';
import { addSpanEvent } from '../../otel/event.ts';
import { COMMAND_HEADER, contextHeaders } from '../../otel/propagation/http.ts';
import { contextWith, endSpan, failSpan, startSpan } from '../../otel/span.ts';
import { withoutCredentials } from '../../otel/url.ts';
import { headText } from '../../runtime/http/head.ts';
import type { Endpoint } from '../../runtime/net/endpoint.ts';
import { type Connections, isPoolClosed, isProtocolError } from './connections.ts';
import type { FailureCode } from './errors.ts';
import { dropForwarded } from './forwarded.ts';
import { endToEndHeaders, type Headers } from './headers.ts';
import { failedAttempts } from './metrics.ts';
import { rewriteRedirects } from './own-app/redirects.ts';
import type { GatewayRequest } from './request.ts';
import { RelayedResponse } from './response.ts';

/** What gets the request: a worker of the lab, or of the learner's own app, which knows no commands. */
export type AttemptWorker = {
  readonly id: string;
  readonly pid: number | undefined;
  readonly endpoint: Endpoint;
  readonly origin: string;
  readonly connections: Connections;
  readonly isOwnApp?: true;
  /** Ends its process: a fault, for an app that knows no commands. */
  readonly kill?: () => void;
  release: (outcome: 'answered' | 'closing' | 'failed') => void;
};

/** How an attempt ended; `client_gone`: the client closed its connection. */
export type Outcome = 'answered' | AttemptFailure;
type AttemptFailure =
  | 'client_gone'
  | Extract<FailureCode, `worker_${string}` | 'bad_response' | 'bad_request' | `app_${string}`>;

/** How many times the worker timeout a client may read nothing of a long response. */
const CLIENT_TIMEOUTS = 6;

/** `timeout`: ms without progress; `retries`: how often the request was sent before; `fault`: the fault that the worker injects. */
type Options = { timeout: number; retries: number; fault: string | undefined; proxies: BlockList };

/** Sends `request` to `worker`. Resolves when the response is passed on, or with why it is not; never rejects. */
export function attempt(request: GatewayRequest, worker: AttemptWorker, options: Options): Promise<Outcome> {
  return new Promise((resolve) => {
    const handler = new Attempt(request, worker, options, resolve);
    const { method, path } = request;
    const body = request.body?.stream() ?? null;
    // To a worker of the lab, the connection stays open: undici would close it after each HEAD in case a body follows; that is
    // found as an error anyway.
    const sent = { method, path, headers: handler.headers, body, reset: worker.isOwnApp ?? false };
    context.with(handler.context, () => worker.connections.pool.dispatch(sent, handler));
  });
}

class Attempt implements Dispatcher.DispatchHandler {
  /** With its span: the request is sent in this context. */
  readonly context: Context;
  /** Of the request to the worker. */
  readonly headers: Headers;
  readonly #request: GatewayRequest;
  readonly #worker: AttemptWorker;
  readonly #span: SpanOf<typeof gateway.attempt>;
  readonly #resolve: (outcome: Outcome) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #fault: string | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #response: RelayedResponse | undefined;
  #isOver = false;
  readonly #onClientGone = () => this.#abort('client_gone');
  /** Bytes of a long response that its client has not read, and the number of checks since it last read any. */
  #unread = 0;
  #idleChecks = 0;
  /** Whether the worker closes the connection after its response: it is about to end. */
  #isClosing = false;

  constructor(
    request: GatewayRequest,
    worker: AttemptWorker,
    { timeout, retries, fault, proxies }: Options,
    resolve: (outcome: Outcome) => void,
  ) {
    this.#request = request;
    this.#worker = worker;
    this.#resolve = resolve;
    this.#fault = fault;
    const { serverSpan, received, method, path, host, body } = request;
    this.#span = startSpan(gateway.attempt, {
      words: { method },
      parent: serverSpan.context,
      attributes: {
        [semconv.ATTR_HTTP_REQUEST_METHOD]: method,
        [semconv.ATTR_URL_FULL]: withoutCredentials(worker.origin + path),
        [semconv.ATTR_SERVER_ADDRESS]: worker.endpoint.host,
        [semconv.ATTR_SERVER_PORT]: worker.endpoint.port,
        [ATTR_WORKER_ID]: worker.id,
        ...(worker.pid !== undefined && { [ATTR_WORKER_PID]: worker.pid }),
        ...(worker.isOwnApp && { [ATTR_OWN_APP]: true }),
        ...(retries > 0 && { [semconv.ATTR_HTTP_REQUEST_RESEND_COUNT]: retries }),
        ...(fault && { [ATTR_FAULT]: fault }),
      },
    });
    this.context = contextWith(this.#span, serverSpan.context);
    this.headers = endToEndHeaders(received.headers, {
      ...contextHeaders(this.context),
      ...(host !== undefined && { host }),
      ...(body && { 'content-length': String(body.size) }),
      ...(fault && !worker.isOwnApp && { [COMMAND_HEADER]: fault }),
    });
    dropForwarded(this.headers, received, proxies);
    if (serverSpan.hasHeads) this.#recordRequestHead();
    this.#timer = setTimeout(() => this.#checkProgress(), timeout);
    serverSpan.onClientGone.add(this.#onClientGone);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#fault) this.#worker.kill?.();
    if (this.#isOver) controller.abort(new Error('aborted before it was sent'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Headers, reason = ''): void {
    if (status < 100 || status > 599) this.#abort('bad_response');
    if (status < 200 || this.#isOver) return; // interim responses (103 Early Hints) end here
    this.#timer.refresh();
    this.#span.setAttribute(semconv.ATTR_HTTP_RESPONSE_STATUS_CODE, status);
    if (this.#worker.connections.isUnix) this.#span.setAttribute(semconv.ATTR_NETWORK_TRANSPORT, 'unix');
    if (this.#request.serverSpan.hasHeads) {
      this.#span.setAttribute(ATTR_HTTP_RESPONSE_HEAD, headText(`HTTP/1.1 ${status} ${reason}`, headers));
    }
    this.#isClosing = headers.connection === 'close';
    const { isOwnApp, origin } = this.#worker;
    const relayed = isOwnApp
      ? rewriteRedirects(headers, [origin, `http://${this.headers.host}`], this.#request.received.headers)
      : headers;
    this.#response = new RelayedResponse(this.#request.response, status, relayed);
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    if (this.#isOver) return;
    this.#timer.refresh();
    this.#response?.write(piece, controller);
  }

  onResponseEnd(): void {
    const endTime = now();
    // Bytes beyond the end of a response are reported by its socket one iteration of the event loop later.
    if (this.#response?.isBuffered) setImmediate(() => this.#complete(endTime));
    else this.#complete(endTime);
  }

  /** Without a `controller`: `dispatch` itself failed. */
  onResponseError(controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#isOver) return;
    if (controller === null && !isPoolClosed(error)) {
      this.#worker.connections.renew(); // the pool counts its client as busy from now on
      this.#fail('bad_request', error);
    } else if (this.#worker.isOwnApp && (error as NodeJS.ErrnoException).syscall === 'connect') {
      this.#fail('app_unreachable', error);
    } else this.#fail(isProtocolError(error) ? 'bad_response' : 'worker_lost', error);
  }

  /** As undici writes it. */
  #recordRequestHead(): void {
    const { host = new URL(this.#worker.origin).host, ...others } = this.headers;
    const fields = { host, connection: this.#worker.isOwnApp ? 'close' : 'keep-alive', ...others };
    const head = headText(`${this.#request.method} ${this.#request.path} HTTP/1.1`, fields);
    this.#span.setAttribute(ATTR_HTTP_REQUEST_HEAD, head);
  }

  #complete(endTime: number): void {
    const { protocolError } = this.#worker.connections;
    if (this.#response?.isBuffered && protocolError) this.#fail('bad_response', protocolError);
    if (this.#isOver) return;
    const status = this.#response?.status ?? 0;
    if (status >= 400) failSpan(this.#span, String(status));
    this.#response?.end();
    this.#finish('answered', endTime);
  }

  #fail(code: AttemptFailure, error?: Error): void {
    if (this.#isOver) return;
    failSpan(this.#span, code, error);
    failedAttempts.add(1, { [semconv.ATTR_ERROR_TYPE]: code });
    if (!this.#worker.isOwnApp) addSpanEvent(this.#span, 'worker state changed', { [ATTR_WORKER_STATE]: 'suspect' });
    this.#finish(code, now());
  }

  #checkProgress(): void {
    const { response } = this.#request;
    const unread = response.socket?.writableLength ?? 0;
    this.#idleChecks = unread === this.#unread ? this.#idleChecks + 1 : 0;
    this.#unread = unread;
    if (!response.writableNeedDrain) this.#abort('worker_timeout');
    else if (this.#idleChecks < CLIENT_TIMEOUTS) this.#timer.refresh();
    else response.destroy(); // ends the attempt, as when the client closes the connection
  }

  /** Ends the attempt now, whatever the state of the request in undici: one that is queued there has no controller. */
  #abort(code: AttemptFailure): void {
    this.#fail(code);
    if (this.#controller) this.#controller.abort(new Error(code));
    else this.#worker.connections.renew();
  }

  #finish(outcome: Outcome, endTime: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#request.serverSpan.onClientGone.delete(this.#onClientGone);
    endSpan(this.#span, endTime);
    const answered = this.#isClosing ? 'closing' : 'answered';
    this.#worker.release(outcome === 'answered' ? answered : 'failed');
    this.#resolve(outcome);
  }
}
