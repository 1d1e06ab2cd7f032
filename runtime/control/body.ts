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
    const message = 'A body is taken as it is, without Content-Encoding';
    throw new ApiError(415, 'packed', message, { 'accept-encoding': 'identity' });
  }
  const body = await readWhole(request, response, { max: bytes, time });
  if (body === 'too_large') throw new ApiError(413, body, `A body has at most ${bytes} bytes here`);
  if (body === 'too_slow') throw new ApiError(408, body, `A body must be whole within ${time} ms`);
  if (typeof body === 'string') throw new ApiError(400, body, 'The body broke off');
  return Buffer.concat(body?.pieces ?? []);
}

/** The value in `body`, checked by `schema`; an empty body is undefined. Throws an ApiError (400) with the reason. */
export function parseBody<S extends GenericSchema>(body: Buffer, schema: S): InferOutput<S> {
  let value: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    value = text.trim() === '' ? undefined : JSON.parse(text);
  } catch {
    throw new ApiError(400, 'bad_json', 'The body is not JSON in UTF-8');
  }
  return checked(schema, value);
}
