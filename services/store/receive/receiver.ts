// OTLP over HTTP, as the collector's receiver answers it: POST /v1/traces, JSON or protobuf.
//
//   content type → body (bounded, decompressed) → JSON to protobuf → check and sort → commit → 200
//
// https://opentelemetry.io/docs/specs/otlp/#otlphttp. Metrics and logs are answered 200 and not stored.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { log } from '../../../runtime/log.ts';
import { OtlpFormatError } from '../../../traces/otlp/read-json.ts';
import { StoreError } from '../errors.ts';
import { encode } from '../otlp/encode.ts';
import { MESSAGES } from '../otlp/message.ts';
import type { TraceWriter } from '../storage/storage.ts';
import { answers, type ContentType } from './answers.ts';
import { type BodyBounds, createIntake } from './body.ts';
import { sortSpans } from './chunks.ts';

export type ReceiverConfig = BodyBounds & {
  /** Pages that may send spans: the `Origin` of their requests. */
  origins: string[];
};

/** Makes the handler that stores what it receives with `writer`. */
export function createReceiver(writer: TraceWriter, config: ReceiverConfig) {
  const intake = createIntake(config);

  async function receiveTraces(request: IncomingMessage, response: ServerResponse, type: ContentType): Promise<void> {
    const rejected = await intake(request, response, async (body, hold) => {
      const bytes = type === 'application/json' ? encode(MESSAGES.TracesData, body) : body;
      const sorted = sortSpans(bytes);
      hold(sorted.chunks.length * CHUNK_BYTES);
      if (sorted.spans > 0) await writer.write(sorted.chunks);
      return sorted.rejected;
    });
    answers.accepted(response, type, rejected);
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    allowOrigin(request, response, config.origins);
    if (!SIGNALS.includes(path)) return answers.unknownPath(response);
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method']) return preflight(response);
    if (request.method !== 'POST') return answers.wrongMethod(response);
    const type = contentType(request);
    if (type === undefined) return answers.wrongType(response);
    try {
      if (path === '/v1/traces') return await receiveTraces(request, response, type);
      await intake(request, response, async () => {});
      answers.accepted(response, type, 0);
    } catch (error) {
      if (request.readableAborted) return; // the sender has gone
      const known = error instanceof OtlpFormatError || error instanceof StoreError;
      if (!known) log.error({ err: error }, 'an export failed');
      answers.refused(response, type, error);
    }
  };
}

/** The memory of a chunk besides its spans, about. */
const CHUNK_BYTES = 600;

const SIGNALS = ['/v1/traces', '/v1/metrics', '/v1/logs'];

function contentType(request: IncomingMessage): ContentType | undefined {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return type === 'application/json' || type === 'application/x-protobuf' ? type : undefined;
}

function allowOrigin({ headers: { origin } }: IncomingMessage, response: ServerResponse, origins: string[]): void {
  response.setHeader('vary', 'origin');
  if (origin && origins.includes(origin)) response.setHeader('access-control-allow-origin', origin);
}

function preflight(response: ServerResponse): void {
  response.writeHead(204, {
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'content-type, content-encoding, traceparent',
    'access-control-max-age': '7200',
  });
  response.end();
}
