// Takes in the body of an export: bounded in size, packed or not, and only as many at a time as there is room for.

import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { constants, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { StoreError } from '../errors.ts';
import { Malformed } from '../otlp/wire.ts';

export type BodyBounds = {
  /** The most that one body may have, packed and unpacked, in bytes. */
  maxBody: number;
  /** The most that all bodies in hand may have, in bytes. */
  maxWaiting: number;
};

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

/**
 * Makes the function that gives a request's body to `use`, unpacked, and keeps count of the bytes in hand until `use` is done.
 * It throws StoreError `too_large` or `busy`, and Malformed when the body cannot be unpacked. Nothing is unpacked beyond a bound.
 */
export function createIntake({ maxBody, maxWaiting }: BodyBounds) {
  let inHand = 0;

  return async function intake<T>(request: IncomingMessage, use: Use<T>): Promise<T> {
    const encoding = request.headers['content-encoding']?.trim().toLowerCase() || 'identity';
    const unpacker = UNPACKERS.get(encoding);
    if (!unpacker && encoding !== 'identity') throw new Malformed(`unsupported Content-Encoding: ${encoding}`);
    if (Number(request.headers['content-length'] ?? 0) > maxBody) throw new StoreError('too_large');
    let held = 0;
    const hold = (bytes: number) => {
      if (inHand + bytes > maxWaiting) throw new StoreError('busy');
      inHand += bytes;
      held += bytes;
    };
    const gather = async (chunks: AsyncIterable<Buffer>): Promise<Buffer> => {
      const gathered: Buffer[] = [];
      let size = 0;
      for await (const chunk of chunks) {
        size += chunk.length;
        if (size > maxBody) throw new StoreError('too_large');
        hold(chunk.length);
        gathered.push(chunk);
      }
      return gathered.length === 1 ? (gathered[0] as Buffer) : Buffer.concat(gathered);
    };
    try {
      // A request that is refused is not destroyed: its sender must still get the answer.
      const packed = await gather(request.iterator({ destroyOnReturn: false }));
      const body = unpacker ? await gather(unpacked(packed, unpacker())).catch(unpackError) : packed;
      return await use(body, hold);
    } finally {
      inHand -= held;
    }
  };
}

function unpacked(packed: Buffer, unpacker: Transform): AsyncIterable<Buffer> {
  unpacker.end(packed);
  return unpacker;
}

function unpackError(error: Error): never {
  throw error instanceof StoreError ? error : new Malformed(error.message);
}
