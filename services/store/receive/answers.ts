// The receiver's responses: the collector's status codes and bodies, in the content type of the request.

import type { ServerResponse } from 'node:http';
import type { Failure } from '../../../runtime/failures.ts';
import { endAndLinger } from '../../../runtime/http/linger.ts';
import { OtlpFormatError } from '../../../traces/otlp/read-json.ts';
import { FAILURES, StoreError } from '../errors.ts';
import { writeObject } from '../otlp/encode.ts';
import { messagesOf } from '../otlp/message.ts';

export type ContentType = 'application/json' | 'application/x-protobuf';

/** gRPC's codes, which stand in the body: invalid argument, deadline exceeded, resource exhausted, unavailable, internal. */
const RPC_CODES: Record<number, number> = { 400: 3, 408: 4, 413: 3, 429: 8, 503: 14, 500: 13 };

/** https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto and OTLP's collector/trace/v1. */
const { RpcStatus, ExportTraceServiceResponse } = messagesOf({
  RpcStatus: { code: [1, 'uint32'], message: [2, 'string'] },
  PartialSuccess: { rejectedSpans: [1, 'int64'], errorMessage: [2, 'string'] },
  ExportTraceServiceResponse: { partialSuccess: [1, 'PartialSuccess'] },
});

export const answers = {
  /** 200; `rejected` spans could not be stored. */
  accepted(response: ServerResponse, type: ContentType, rejected: number): void {
    const partialSuccess =
      rejected === 0 ? {} : { rejectedSpans: String(rejected), errorMessage: 'a span needs a trace id and a span id' };
    const body =
      type === 'application/json'
        ? JSON.stringify({ partialSuccess })
        : writeObject(ExportTraceServiceResponse, { partialSuccess });
    send(response, 200, type, body);
  },

  /** 4xx or 5xx, by the error; on 429 and 503 senders retry. */
  refused(response: ServerResponse, type: ContentType, error: unknown): void {
    const { status = 500 }: Partial<Failure> =
      error instanceof StoreError ? FAILURES[error.code] : error instanceof OtlpFormatError ? { status: 400 } : {};
    const message = error instanceof OtlpFormatError || error instanceof StoreError ? error.message : 'Internal error.';
    const code = RPC_CODES[status] ?? 13;
    if (status === 429 || status === 503) response.setHeader('retry-after', '1');
    const json = `{"code":${code}, "message":${JSON.stringify(message)}}`;
    send(response, status, type, type === 'application/json' ? json : writeObject(RpcStatus, { code, message }));
  },

  unknownPath: (response: ServerResponse) => send(response, 404, 'text/plain; charset=utf-8', '404 page not found\n'),

  wrongMethod: (response: ServerResponse) => {
    response.setHeader('allow', 'POST');
    send(response, 405, 'text/plain', '405 method not allowed, supported: [POST]');
  },

  wrongType: (response: ServerResponse) =>
    send(
      response,
      415,
      'text/plain',
      '415 unsupported media type, supported: [application/json, application/x-protobuf]',
    ),
};

/** The rest of a body that was not read would be parsed as the next request: the connection is closed. */
function send(response: ServerResponse, status: number, type: string, body: string | Uint8Array): void {
  const isRead = response.req.complete;
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    ...(!isRead && { connection: 'close' }),
  });
  if (isRead) response.end(body);
  else endAndLinger(response, body);
}
