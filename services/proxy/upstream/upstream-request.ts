// A request to the gateway: its CLIENT span, the response streamed back, and every way in which that can fail.
//
//   start ─ connected ─ sent ─ response begun (status, headers) ─ response complete
//     └────────┴──────────┴──────┴── failed: before the response an error page, afterwards the connection is closed

import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import * as semconv from '@opentelemetry/semantic-conventions';
import { now } from '../../../otel/clock.ts';
import { proxy } from '../../../otel/contract/index.ts';
import { ATTR_HTTP_REQUEST_HEAD, ATTR_HTTP_RESPONSE_HEAD } from '../../../otel/contract/names.ts';
import type { SpanOf } from '../../../otel/contract/spec.ts';
import { contextWith, endSpan, failSpan, startSpan } from '../../../otel/span.ts';
import { withoutCredentials } from '../../../otel/url.ts';
import { afterTick } from '../../../runtime/after-tick.ts';
import type { Body } from '../../../runtime/http/body.ts';
import { headText } from '../../../runtime/http/head.ts';
import { authority, type Endpoint } from '../../../runtime/net/endpoint.ts';
import { isUnixSocket } from '../../../runtime/net/unix-socket.ts';
import type { ProxyConfig } from '../config.ts';
import type { FailureCode } from '../errors.ts';
import type { ProxyRequest } from '../proxy-request.ts';
import { responseHeaders } from './headers.ts';

/** A response of up to this size is sent when it is complete. */
const SMALL_BYTES = 16_384;

export type Limits = ProxyConfig['upstream'];

export class UpstreamRequest {
  readonly proxyRequest: ProxyRequest;
  readonly context: ProxyRequest['context'];
  readonly #limits: Limits;
  readonly #body: Body | undefined;
  readonly #span: SpanOf<typeof proxy.upstream>;
  readonly #start = now();
  #outgoing: ClientRequest | undefined;
  #hasResponse = false;
  #isOver = false;

  constructor(proxyRequest: ProxyRequest, { host, port }: Endpoint, limits: Limits, body: Body | undefined) {
    this.proxyRequest = proxyRequest;
    this.#limits = limits;
    this.#body = body;
    this.#span = startSpan(proxy.upstream, {
      words: { method: proxyRequest.method },
      parent: proxyRequest.context,
      startTime: this.#start,
      attributes: {
        [semconv.ATTR_HTTP_REQUEST_METHOD]: proxyRequest.method,
        [semconv.ATTR_URL_FULL]: withoutCredentials(`http://${authority({ host, port })}${proxyRequest.target.raw}`),
        [semconv.ATTR_SERVER_ADDRESS]: host,
        [semconv.ATTR_SERVER_PORT]: port,
      },
    });
    this.context = contextWith(this.#span, proxyRequest.context);
    proxyRequest.abortUpstream = (reason) => this.#abort(reason);
  }

  /** http-proxy has a socket; nothing is written yet. */
  onRequest(outgoing: ClientRequest): void {
    this.#outgoing = outgoing;
    if (this.proxyRequest.serverSpan.hasHeads) {
      const head = headText(`${outgoing.method} ${outgoing.path} HTTP/1.1`, outgoing.getHeaders());
      this.#span.setAttribute(ATTR_HTTP_REQUEST_HEAD, head);
    }
    if (this.#isOver) {
      outgoing.destroy();
      return;
    }
    const { socket } = outgoing;
    if (socket && isUnixSocket(socket)) this.#span.setAttribute(semconv.ATTR_NETWORK_TRANSPORT, 'unix');
    if (socket?.connecting) {
      const timer = setTimeout(() => this.#fail('connect_timeout'), this.#limits.connectTimeout);
      socket.once('connect', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
    }
    outgoing.once('upgrade', (_, upgraded) => {
      upgraded.destroy(); // the proxy requests none
      this.#fail('upstream_malformed');
    });
    outgoing.once('close', () => {
      if (!this.#hasResponse) this.#fail('upstream_lost');
    });
    outgoing.setTimeout(this.#limits.timeout, () => this.#onTimeout());
  }

  /** Status and headers are received. */
  onResponse(incoming: IncomingMessage): void {
    const { response, serverSpan } = this.proxyRequest;
    this.#hasResponse = true;
    incoming.on('error', () => this.#fail('upstream_incomplete'));
    if (this.#isOver || response.headersSent) return;
    const { statusCode: status = 0, statusMessage, httpVersion, rawHeaders } = incoming;
    if (status < 200 || status > 599) {
      this.#fail('upstream_malformed');
      return;
    }
    this.#span.setAttribute(semconv.ATTR_HTTP_RESPONSE_STATUS_CODE, status);
    if (serverSpan.hasHeads) {
      const head = headText(`HTTP/${httpVersion} ${status} ${statusMessage}`, rawHeaders);
      this.#span.setAttribute(ATTR_HTTP_RESPONSE_HEAD, head);
    }
    incoming.on('data', (chunk: Buffer) => {
      this.proxyRequest.bodyBytes += chunk.length;
    });
    incoming.once('end', () => this.#end(status >= 400 ? String(status) : undefined));
    const headers = responseHeaders(this.proxyRequest, incoming.headers);
    if (Number(incoming.headers['content-length']) <= SMALL_BYTES) {
      this.#sendWhenComplete(incoming, status, headers);
    } else {
      response.writeHead(status, headers);
      incoming.pipe(response);
    }
  }

  /** If the gateway breaks off, the client gets an error page. */
  #sendWhenComplete(incoming: IncomingMessage, status: number, headers: OutgoingHttpHeaders): void {
    const { response } = this.proxyRequest;
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.once('end', () => {
      if (response.headersSent) return; // with an error
      response.writeHead(status, headers);
      afterTick(() => response.end(Buffer.concat(chunks)));
    });
  }

  onError(error: NodeJS.ErrnoException): void {
    if (error.syscall === 'connect' || error.syscall === 'getaddrinfo') this.#fail('upstream_unreachable', error);
    else this.#fail(error.code?.startsWith('HPE_') ? 'upstream_malformed' : 'upstream_lost', error);
  }

  bodyStream(body: Body): Readable {
    return body.stream().once('error', (error) => this.#fail('internal', error));
  }

  /** Nothing was sent or received for a while. */
  #onTimeout(): void {
    if (this.proxyRequest.response.writableNeedDrain) this.#fail('client_slow');
    else if (this.#outgoing?.writableNeedDrain) this.#fail('upstream_slow');
    else this.#fail('upstream_timeout');
  }

  #fail(code: FailureCode, error?: unknown): void {
    if (this.#isOver) return;
    this.#abort(code, error);
    this.proxyRequest.fail(code);
  }

  #abort(code: FailureCode, error?: unknown): void {
    this.#end(code, error);
    this.#outgoing?.destroy();
  }

  #end(failure?: string, error?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const end = now();
    this.#body?.discard();
    this.proxyRequest.upstreamMs = end - this.#start;
    if (failure !== undefined) failSpan(this.#span, failure, error);
    endSpan(this.#span, end);
  }
}
