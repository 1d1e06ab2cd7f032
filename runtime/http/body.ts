// A request's body, taken whole before anybody is asked to work on it (nginx: proxy_request_buffering on): a client that
// sends slowly, or breaks off, then keeps nobody busy but the server that listens to it.
//
//   up to `memory` bytes   in memory
//   up to `most` bytes     in a file that has no name any more when its first byte is written, so that nothing is ever left
//   more                   too large

import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { hasBody } from './headers.ts';

/** Bytes: without `memory`, all of it is kept in memory. `time`: ms that it may take to arrive. */
export type BodyBounds = { most: number; memory?: number; time?: number };

/** A whole body: `stream` reads it once and lets it go; `discard` lets it go unread. */
export type Body = { size: number; kept: 'memory' | 'file'; stream: () => Readable; discard: () => void };

/** Why a body was not taken: it is too large, or came too slowly; its client went, or what it sent is no body; it could not be kept. */
export type BodyFailure = 'too_large' | 'too_slow' | 'broken' | 'not_kept';

/**
 * Reads the body of `request`; undefined where it has none. Says 100 Continue to a client that waits for it, when it is known
 * that the body is not too large. Resolves with why, where it can't be had; never rejects.
 */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  bounds: BodyBounds,
): Promise<Body | BodyFailure | undefined> {
  if (!hasBody(request.headers)) return undefined;
  if (Number(request.headers['content-length'] ?? 0) > bounds.most) return 'too_large';
  if (expectsContinue(request)) response.writeContinue();
  const taken = take(request, bounds);
  if (bounds.time === undefined) return taken;
  const slow = Promise.withResolvers<'too_slow'>();
  const timer = setTimeout(() => slow.resolve('too_slow'), bounds.time);
  const first = await Promise.race([taken, slow.promise]);
  clearTimeout(timer);
  if (first === 'too_slow') void taken.then((late) => typeof late === 'object' && late.discard());
  return first;
}

async function take(request: IncomingMessage, { most, memory = most }: BodyBounds): Promise<Body | BodyFailure> {
  const pieces: Buffer[] = [];
  let size = 0;
  let file: FileHandle | undefined;
  const giveUp = (why: BodyFailure) => {
    void file?.close();
    return why;
  };
  try {
    // Unlike the request's own, this iterator does not destroy the connection when its reader stops.
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      size += piece.length;
      if (size > most) return giveUp('too_large');
      if (file === undefined && size > memory) file = await openNameless(pieces);
      if (file === undefined) pieces.push(piece);
      else await file.appendFile(piece);
    }
  } catch (error) {
    return giveUp((error as NodeJS.ErrnoException).syscall === undefined || request.errored ? 'broken' : 'not_kept');
  }
  if (!request.complete) return giveUp('broken');
  return file === undefined ? inMemory(pieces, size) : inFile(file, size);
}

/** Whether the client sends its body only when it has been told to go on. */
export function expectsContinue({ headers, httpVersion }: IncomingMessage): boolean {
  return httpVersion === '1.1' && headers.expect?.toLowerCase() === '100-continue';
}

function inMemory(pieces: Buffer[], size: number): Body {
  return { size, kept: 'memory', stream: () => Readable.from(pieces, { objectMode: false }), discard: () => {} };
}

function inFile(file: FileHandle, size: number): Body {
  return {
    size,
    kept: 'file',
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
