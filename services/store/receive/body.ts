// Takes in the body of an export: bounded in size, packed or not, and only as many at a time as there is room for.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Transform } from 'node:stream';
import { constants, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { type BodyFailure, readBody } from '../../../runtime/http/body.ts';
import { SharedBound } from '../../../runtime/net/shared-bound.ts';
import { OtlpFormatError } from '../../../traces/otlp/read-json.ts';
import { type FailureCode, StoreError } from '../errors.ts';

export type BodyBounds = {
  /** The most that one body may have, packed and unpacked, in bytes. */
  maxBody: number;
  /** The most that all bodies in hand may have, in bytes. */
  maxWaiting: number;
};

/** How long a body may take to arrive, in ms: senders give up after 10 s (OTEL_EXPORTER_OTLP_TIMEOUT). */
const ARRIVES_WITHIN = 10_000;
/** After so long, in ms, one that is still arriving gives its room to another. */
const ARRIVES_ALONE = 1000;

/** What is done with a body; `hold` counts what is made of it, in bytes, as long as it is in hand. */
type Use<T> = (body: Buffer, hold: (bytes: number) => void) => Promise<T>;

/** By the name in Content-Encoding, in lower case. */
const UNPACKERS = new Map<string, () => Transform>([
  ['gzip', () => createGunzip(OPTIONS)],
  ['x-gzip', () => createGunzip(OPTIONS)],
  ['deflate', () => createInflate(OPTIONS)],
  ['zlib', () => createInflate(OPTIONS)],
  ['zstd', () => createZstdDecompress({ ...OPTIONS, params: { [constants.ZSTD_d_windowLogMax]: 23 } })], // 8 MB, RFC 8878, 3.1.1.1.2
]);
const OPTIONS = { chunkSize: 65_536 };

const FAILURES: Partial<Record<BodyFailure, FailureCode>> = {
  too_large: 'too_large',
  too_slow: 'too_slow',
  no_room: 'busy',
};

/**
 * Makes the function that gives a request's body to `use`, unpacked, and keeps count of the bytes in hand until `use` is done.
 * It throws StoreError `too_large`, `too_slow` or `busy`, and OtlpFormatError when the body cannot be unpacked. Nothing is unpacked
 * beyond a bound, and a body that does not arrive keeps no other out.
 */
export function createIntake({ maxBody, maxWaiting }: BodyBounds) {
  const inHand = new SharedBound(maxWaiting);

  return async function intake<T>(request: IncomingMessage, response: ServerResponse, use: Use<T>): Promise<T> {
    const encoding = request.headers['content-encoding']?.trim().toLowerCase() || 'identity';
    const unpacker = UNPACKERS.get(encoding);
    if (!unpacker && encoding !== 'identity') throw new OtlpFormatError(`unsupported Content-Encoding: ${encoding}`);
    const takenBack = new AbortController();
    const share = inHand.acquire(0, { ms: ARRIVES_ALONE, takeBack: () => takenBack.abort() });
    const grow = (bytes: number) => share?.grow(bytes) ?? false;
    const hold = (bytes: number) => {
      if (!grow(bytes)) throw new StoreError('busy');
    };
    try {
      const bounds = { max: maxBody, time: ARRIVES_WITHIN, take: grow, signal: takenBack.signal };
      const body = await readBody(request, response, bounds);
      if (typeof body === 'string') throw failure(body);
      share?.hold(Number.POSITIVE_INFINITY);
      const { pieces } = body ?? { pieces: [] };
      const packed = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
      return await use(unpacker ? await unpack(packed, unpacker(), { maxBody, hold }) : packed, hold);
    } finally {
      share?.release();
    }
  };
}

function failure(body: BodyFailure): Error {
  const code = FAILURES[body];
  return code === undefined ? new OtlpFormatError('the body broke off') : new StoreError(code);
}

async function unpack(
  packed: Buffer,
  unpacker: Transform,
  { maxBody, hold }: { maxBody: number; hold: (bytes: number) => void },
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  unpacker.end(packed);
  try {
    for await (const piece of unpacker as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > maxBody) throw new StoreError('too_large');
      hold(piece.length);
      pieces.push(piece);
    }
  } catch (error) {
    throw error instanceof StoreError ? error : new OtlpFormatError((error as Error).message);
  }
  return Buffer.concat(pieces);
}
