// Reads the body of an export: bounded in size, decompressed, and only as many at a time as the memory bound allows.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Transform } from 'node:stream';
import { constants, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { type BodyErrorCode, readBody } from '../../../runtime/http/body.ts';
import { SharedBound } from '../../../runtime/net/shared-bound.ts';
import { OtlpFormatError } from '../../../traces/otlp/read-json.ts';
import { type FailureCode, StoreError } from '../errors.ts';

export type BodyBounds = {
  /** The maximum size of a body, compressed and decompressed, in bytes. */
  maxBody: number;
  /** The maximum size of all bodies in memory, in bytes. */
  maxWaiting: number;
};

/** How long a body may take to arrive, in ms: senders give up after 10 s (OTEL_EXPORTER_OTLP_TIMEOUT). */
const ARRIVAL_TIMEOUT_MS = 10_000;
/** After this time, in ms, a body that is still arriving can be refused in favour of another. */
const PROTECTED_MS = 1000;

/** Processes a body; `hold` reserves memory for what it makes of it, in bytes, until it is done. */
type Use<T> = (body: Buffer, hold: (bytes: number) => void) => Promise<T>;

/** By the name in Content-Encoding, in lower case. */
const DECOMPRESSORS = new Map<string, () => Transform>([
  ['gzip', () => createGunzip(OPTIONS)],
  ['x-gzip', () => createGunzip(OPTIONS)],
  ['deflate', () => createInflate(OPTIONS)],
  ['zlib', () => createInflate(OPTIONS)],
  ['zstd', () => createZstdDecompress({ ...OPTIONS, params: { [constants.ZSTD_d_windowLogMax]: 23 } })], // 8 MB, RFC 8878, 3.1.1.1.2
]);
const OPTIONS = { chunkSize: 65_536 };

const FAILURES: Partial<Record<BodyErrorCode, FailureCode>> = {
  too_large: 'too_large',
  too_slow: 'too_slow',
  no_room: 'busy',
};

/**
 * Makes the function that passes a request's body to `use`, decompressed, and counts its bytes until `use` is done.
 * It throws StoreError `too_large`, `too_slow` or `busy`, and OtlpFormatError when the body cannot be decompressed. Nothing is
 * decompressed beyond a bound, and a body that does not arrive does not block others.
 */
export function createIntake({ maxBody, maxWaiting }: BodyBounds) {
  const memory = new SharedBound(maxWaiting);

  return async function intake<T>(request: IncomingMessage, response: ServerResponse, use: Use<T>): Promise<T> {
    const encoding = request.headers['content-encoding']?.trim().toLowerCase() || 'identity';
    const decompressor = DECOMPRESSORS.get(encoding);
    if (!decompressor && encoding !== 'identity')
      throw new OtlpFormatError(`unsupported Content-Encoding: ${encoding}`);
    const takenBack = new AbortController();
    const share = memory.acquire(0, { ms: PROTECTED_MS, takeBack: () => takenBack.abort() });
    const grow = (bytes: number) => share?.grow(bytes) ?? false;
    const hold = (bytes: number) => {
      if (!grow(bytes)) throw new StoreError('busy');
    };
    try {
      const bounds = { max: maxBody, time: ARRIVAL_TIMEOUT_MS, take: grow, signal: takenBack.signal };
      const body = await readBody(request, response, bounds);
      if (typeof body === 'string') throw failure(body);
      share?.hold(Number.POSITIVE_INFINITY);
      const { pieces } = body ?? { pieces: [] };
      const compressed = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
      return await use(
        decompressor ? await decompress(compressed, decompressor(), { maxBody, hold }) : compressed,
        hold,
      );
    } finally {
      share?.release();
    }
  };
}

function failure(body: BodyErrorCode): Error {
  const code = FAILURES[body];
  return code === undefined ? new OtlpFormatError('the body broke off') : new StoreError(code);
}

async function decompress(
  compressed: Buffer,
  decompressor: Transform,
  { maxBody, hold }: { maxBody: number; hold: (bytes: number) => void },
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  decompressor.end(compressed);
  try {
    for await (const piece of decompressor as AsyncIterable<Buffer>) {
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
