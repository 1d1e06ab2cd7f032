// The body of a request to a control API: small JSON in UTF-8, that comes soon.
//
//   Content-Encoding? 415 → Content-Length too large? 413, unread → read: too much 413, too slow 408 → JSON? 400 → schema? 400

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GenericSchema, InferOutput } from 'valibot';
import { Problem } from '../http/problem.ts';
import { checked } from './schema.ts';

export type BodyBounds = {
  /** The most bytes it may have. */
  bytes: number;
  /** Until it must be whole, in ms. */
  time: number;
};

/** The client went before its request was whole: there is nobody left to answer. */
export class ClientGone extends Error {}

/** Reads a request's body. Throws a Problem when it is too large, too slow or packed, and ClientGone. */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  bounds: BodyBounds,
): Promise<Buffer> {
  const { headers } = request;
  const length = Number(headers['content-length'] ?? 0);
  if (length === 0 && headers['transfer-encoding'] === undefined) return Buffer.alloc(0);
  if (!['', 'identity'].includes(headers['content-encoding'] ?? '')) {
    throw new Problem(415, 'packed', 'A body is taken as it is, without Content-Encoding', {
      'accept-encoding': 'identity',
    });
  }
  const tooLarge = new Problem(413, 'too_large', `A body has at most ${bounds.bytes} bytes here`);
  if (length > bounds.bytes) throw tooLarge;
  if (headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
  const tooSlow = new Problem(408, 'too_slow', `A body must be whole within ${bounds.time} ms`);

  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    const over = (settle: () => void) => {
      clearTimeout(timer);
      request.off('data', take).off('end', whole).off('close', gone);
      settle();
    };
    const take = (piece: Buffer) => {
      size += piece.length;
      if (size > bounds.bytes) over(() => reject(tooLarge));
      else pieces.push(piece);
    };
    const whole = () => over(() => resolve(Buffer.concat(pieces)));
    const gone = () => over(() => reject(new ClientGone()));
    const timer = setTimeout(() => over(() => reject(tooSlow)), bounds.time);
    request.on('data', take).on('end', whole).on('close', gone);
  });
}

/** The value in `body`, checked by `schema`; an empty body is undefined. Throws a Problem (400) that says what is wrong. */
export function parseBody<S extends GenericSchema>(body: Buffer, schema: S): InferOutput<S> {
  let value: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    value = text.trim() === '' ? undefined : JSON.parse(text);
  } catch {
    throw new Problem(400, 'bad_json', 'The body is not JSON in UTF-8');
  }
  return checked(schema, value);
}
