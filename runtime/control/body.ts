// The body of a request to a control API: small JSON in UTF-8.
//
//   Content-Encoding? 415 → Content-Length too large? 413, unread → read: too much 413, too slow 408 → JSON? 400 → schema? 400

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GenericSchema, InferOutput } from 'valibot';
import { ApiError } from '../http/api-error.ts';
import { readBody as readWhole } from '../http/body.ts';
import { checked } from './schema.ts';

/** `bytes`: the most that it may have; `time`: until it must be whole, in ms. */
export type BodyBounds = { bytes: number; time: number };

/** Reads a request's body. Throws an ApiError when it is too large, too slow, packed or broken off. */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  { bytes, time }: BodyBounds,
): Promise<Buffer> {
  if (!['', 'identity'].includes(request.headers['content-encoding'] ?? '')) {
    const message = 'Content-Encoding is not supported: send the body as it is';
    throw new ApiError(415, 'packed', message, { 'accept-encoding': 'identity' });
  }
  const body = await readWhole(request, response, { max: bytes, time });
  if (body === 'too_large') throw new ApiError(413, body, `Request body too large: send at most ${bytes} bytes`);
  if (body === 'too_slow') throw new ApiError(408, body, `Request body timeout: send the whole body within ${time} ms`);
  if (typeof body === 'string')
    throw new ApiError(400, body, 'The request body is incomplete: send as many bytes as Content-Length says');
  return Buffer.concat(body?.pieces ?? []);
}

/** The value in `body`, checked by `schema`; an empty body is undefined. Throws an ApiError (400) with the reason. */
export function parseBody<S extends GenericSchema>(body: Buffer, schema: S): InferOutput<S> {
  let value: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    value = text.trim() === '' ? undefined : JSON.parse(text);
  } catch {
    throw new ApiError(400, 'bad_json', 'The request body is not valid JSON in UTF-8');
  }
  return checked(schema, value);
}
