// How every process ends, and the only signal handlers of the lab:
//
//   SIGTERM, SIGINT     → stop accepting → drain (1.5 s) → spans still open end with an error → flush (1 s)   → exit 0
//   nobody left         → the same, in less time (0.4 s, 0.4 s): the runner, or whoever read its output, is gone
//   uncaught exception  → spans still open end with an error → flush (0.3 s)                                  → exit 1
//
// The times are the most that a step may take.
//
// Without a handler, Node would end at once and lose every span that is still queued.

import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { flush } from '../otel/flush.ts';
import { endOpenSpans, errorType } from '../otel/span.ts';
import { onTrouble } from '../otel/trouble.ts';
import { log } from './log.ts';
import { listeningAt } from './net/listen.ts';

const DRAIN_MS = 1500;
/** The most that flushing may take, in ms: when told to end, when the runner is gone, when crashing. */
const FLUSH_MS = { stop: 1000, alone: 400, crash: 300 };
/** What a write fails with when its reader, a pipe's other end or a terminal, is gone. */
const NOBODY_READS = ['EPIPE', 'EIO'];

/** What a running service hands over: how to stop taking letters and finish those in hand; and how to read its files again. */
export type Running = {
  drain: () => Promise<void>;
  /** On SIGHUP. What it throws says what is wrong with them; then everything is as it was. */
  reload?: () => void | Promise<void>;
};

let ending = false;
const underRunner = process.send !== undefined;

/**
 * Runs a service: `start` builds it, listens, and returns how to end it. What `start` throws is printed as one clear
 * message, and the process exits 1. Once up, the runner (if one listens) is told, and the process ends in order when asked.
 * Under the runner Ctrl-C reaches the whole process group; there only the runner acts on it, and sends SIGTERM in order.
 * `flushMs` is for a test, whose machine may be slow.
 */
export async function run(start: () => Promise<Running>, flushMs = FLUSH_MS): Promise<void> {
  let running: Running;
  try {
    running = await start();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
  const { drain, reload } = running;
  const stop = () => void end(drain, DRAIN_MS + 100, flushMs.stop);
  const stopAlone = () => void end(drain, flushMs.alone, flushMs.alone);
  process.on('SIGTERM', stop);
  process.on('SIGINT', underRunner ? () => {} : stop);
  // A terminal that is closed tells the whole group as well.
  process.on('SIGHUP', reload ? () => void readAgain(reload) : underRunner ? () => {} : stop);
  process.on('uncaughtException', (error) => void crash(error, flushMs.crash));
  process.on('disconnect', stopAlone); // the runner is gone
  for (const output of [process.stdout, process.stderr]) {
    // Any other failure, of a full disk for one, costs lines of the log, and nothing else.
    output.on('error', ({ code = '' }: NodeJS.ErrnoException) => NOBODY_READS.includes(code) && stopAlone());
  }
  if (underRunner && !process.connected) return stopAlone(); // gone while this was starting
  onTrouble((message) => {
    log.warn(message);
    if (process.connected) process.send?.({ trouble: message });
  });
  log.info({ at: listeningAt() }, 'listening');
  process.send?.({ ready: true });
}

/** Stops a server: no new connections, idle ones closed as they become so, the rest cut after 1.5 s. */
export async function closeServer(server: Server): Promise<void> {
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearInterval(idle);
  clearTimeout(cut);
}

async function readAgain(reload: () => void | Promise<void>): Promise<void> {
  try {
    await reload();
    log.info('files read again');
    process.send?.({ reloaded: {} });
  } catch (error) {
    const { message } = error as Error;
    log.error(`${message}; everything stays as it was`);
    process.send?.({ reloaded: { failure: message } });
  }
}

async function end(drain: () => Promise<void>, drainMs: number, flushMs: number): Promise<void> {
  if (ending) return;
  ending = true;
  await withTimeout(drainMs, drain, 'drain');
  endOpenSpans('shutdown');
  await withTimeout(flushMs, flush, 'flush');
  process.exit(0);
}

async function crash(error: unknown, flushMs: number): Promise<void> {
  if (ending) process.exit(1);
  ending = true;
  log.fatal({ err: error }, 'uncaught exception');
  endOpenSpans(errorType(error), error);
  await withTimeout(flushMs, flush, 'flush');
  process.exit(1);
}

async function withTimeout(ms: number, step: () => Promise<void>, name: string): Promise<void> {
  try {
    await Promise.race([step(), delay(ms, undefined, { ref: false })]);
  } catch (error) {
    log.warn({ err: error }, `${name} failed while ending`);
  }
}
