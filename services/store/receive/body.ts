// Takes in the body of an export: bounded in size, packed or not, and only as many at a time as there is room for.

import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate, zstdDecompress } from 'node:zlib';
import { own } from '../../../traces/own.ts';
import { StoreError } from '../errors.ts';
import { Malformed } from '../otlp/wire.ts';

export type BodyBounds = {
  /** The most that one body may have, packed and unpacked, in bytes. */
  maxBody: number;
  /** The most that all bodies in hand may have, in bytes. */
  maxWaiting: number;
};

type Unpack = (packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const UNPACK: Record<string, Unpack> = {
  '': async (body) => body,
  identity: async (body) => body,
  gzip: promisify(gunzip) as Unpack,
  deflate: promisify(inflate) as Unpack,
  zlib: promisify(inflate) as Unpack,
  zstd: promisify(zstdDecompress) as Unpack,
};

/**
 * Makes the function that gives a request's body to `use`, unpacked, and keeps count of the bytes in hand until `use` is done.
 * It throws StoreError `too_large` or `busy`, and Malformed when the body cannot be unpacked.
 */
export function createIntake({ maxBody, maxWaiting }: BodyBounds) {
  let inHand = 0;

  return async function intake<T>(request: IncomingMessage, use: (body: Buffer) => Promise<T>): Promise<T> {
    const unpack = own(UNPACK, request.headers['content-encoding'] ?? '');
    if (!unpack) throw new Malformed(`unsupported Content-Encoding: ${request.headers['content-encoding']}`);
    if (Number(request.headers['content-length'] ?? 0) > maxBody) throw new StoreError('too_large');
    let held = 0;
    const hold = (bytes: number) => {
      if (inHand + bytes > maxWaiting) throw new StoreError('busy');
      inHand += bytes;
      held += bytes;
    };
    try {
      const chunks: Buffer[] = [];
      // A request that is refused is not destroyed: its sender must still get the answer.
      for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        hold(chunk.length);
        if (held > maxBody) throw new StoreError('too_large');
        chunks.push(chunk);
      }
      const packed = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      const body = await unpack(packed, { maxOutputLength: maxBody }).catch(unpackError);
      if (body !== packed) hold(body.length);
      return await use(body);
    } finally {
      inHand -= held;
    }
  };
}

function unpackError(error: NodeJS.ErrnoException): never {
  if (error.code === 'ERR_BUFFER_TOO_LARGE') throw new StoreError('too_large');
  throw new Malformed(error.message);
}
