// A request's body, read whole before the request is passed on (nginx: proxy_request_buffering on): a client that sends slowly,
// or breaks off, then occupies only the server that it is connected to.
//
//   up to `memory` bytes   in memory
//   up to `max` bytes     in a file that has no name any more when its first byte is written, so that nothing is ever left
//   more                   too large

import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { hasBody } from './headers.ts';

/** Bytes: without `memory`, all of it is kept in memory. */
export type BodyBounds = {
  max: number;
  memory?: number;
  /** ms that it may take to arrive. */
  time?: number;
  /** Called for each piece: whether there is room for that number of bytes. */
  take?: (bytes: number) => boolean;
  /** Aborted when its room is given to another. */
  signal?: AbortSignal;
};

/** A whole body: `stream` reads it once and lets it go; `discard` lets it go unread. `pieces` are there for one in memory. */
export type Body = {
  size: number;
  kept: 'memory' | 'file';
  pieces: Buffer[];
  stream: () => Readable;
  discard: () => void;
};

/** Why a body was not taken: too large or too slow; no room for it; its client went, or it is malformed; it could not be kept. */
export type BodyErrorCode = 'too_large' | 'too_slow' | 'no_room' | 'broken' | 'not_kept';

/**
 * Reads the body of `request`; undefined where it has none. Says 100 Continue to a client that waits for it, when it is known
 * that the body is not too large. Resolves with why, where it can't be had; never rejects.
 */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  bounds: BodyBounds,
): Promise<Body | BodyErrorCode | undefined> {
  if (!hasBody(request.headers)) return undefined;
  if (Number(request.headers['content-length'] ?? 0) > bounds.max) return 'too_large';
  if (expectsContinue(request)) response.writeContinue();
  if (bounds.time === undefined) return take(request, bounds);
  const stopped = Promise.withResolvers<BodyErrorCode>();
  let why: BodyErrorCode | undefined;
  const stop = (reason: BodyErrorCode) => {
    why = reason;
    stopped.resolve(reason);
  };
  const timer = setTimeout(stop, bounds.time, 'too_slow');
  bounds.signal?.addEventListener('abort', () => stop('no_room'), { once: true });
  const taken = await Promise.race([take(request, bounds, () => why), stopped.promise]);
  clearTimeout(timer);
  return taken;
}

async function take(
  request: IncomingMessage,
  { max, memory = max, take }: BodyBounds,
  stopped: () => BodyErrorCode | undefined = () => undefined,
): Promise<Body | BodyErrorCode> {
  const pieces: Buffer[] = [];
  let size = 0;
  let file: FileHandle | undefined;
  const giveUp = (why: BodyErrorCode) => {
    void file?.close();
    return why;
  };
  try {
    // Unlike the request's own, this iterator does not destroy the connection when its reader stops.
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      size += piece.length;
      if (size > max) return giveUp('too_large');
      const why = stopped() ?? (take && !take(piece.length) ? 'no_room' : undefined);
      if (why) return giveUp(why);
      if (file === undefined && size > memory) file = await openNameless(pieces);
      if (file === undefined) pieces.push(piece);
      else await file.appendFile(piece);
    }
  } catch (error) {
    return giveUp((error as NodeJS.ErrnoException).syscall === undefined || request.errored ? 'broken' : 'not_kept');
  }
  const why = stopped();
  if (why) return giveUp(why);
  if (!request.complete) return giveUp('broken');
  return file === undefined ? inMemory(pieces, size) : inFile(file, size);
}

/** Whether the client sends its body only after 100 Continue. */
export function expectsContinue({ headers, httpVersion }: IncomingMessage): boolean {
  return httpVersion === '1.1' && headers.expect?.toLowerCase() === '100-continue';
}

function inMemory(pieces: Buffer[], size: number): Body {
  return {
    size,
    kept: 'memory',
    pieces,
    stream: () => Readable.from(pieces, { objectMode: false }),
    discard: () => {},
  };
}

function inFile(file: FileHandle, size: number): Body {
  return {
    size,
    kept: 'file',
    pieces: [],
    stream: () => file.createReadStream({ start: 0, end: size - 1 }),
    discard: () => void file.close().catch(() => {}),
  };
}

async function openNameless(pieces: Buffer[]): Promise<FileHandle> {
  const path = join(tmpdir(), `waybill-body-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  for (const piece of pieces.splice(0)) await file.appendFile(piece);
  return file;
}
