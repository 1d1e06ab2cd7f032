// How every process ends, and the only signal handlers of the lab:
//
//   SIGTERM, SIGINT, or the message 'stop' where there are no signals
//                       → stop accepting → drain (1.5 s) → spans still open end with an error → flush (1 s)   → exit 0
//   runner gone         → the same, in less time (0.4 s, 0.4 s): the runner, or the reader of its output, has ended
//   uncaught exception  → spans still open end with an error → flush (0.3 s)                                  → exit 1
//
// The times are the most that a step may take.
//
// Without a handler, Node would end at once and lose every span that is still queued.

import type { Server } from 'node:http';
import type { Server as TcpServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { flush } from '../otel/flush.ts';
import { endOpenSpans, errorType } from '../otel/span.ts';
import { onTrouble } from '../otel/trouble.ts';
import { log } from './log.ts';
import { listeningAt } from './net/listen.ts';
import type { Command } from './platform/end-process.ts';

const DRAIN_MS = 1500;
/** The time limit of flushing, in ms: on a signal, when the runner has ended, when crashing. */
const FLUSH_MS = { stop: 1000, alone: 400, crash: 300 };
/** The error codes of a write whose reader (a pipe's other end or a terminal) is closed. */
const READER_CLOSED = ['EPIPE', 'EIO'];

/** How to stop accepting requests and finish those in progress; and how to reload the files of a service. */
export type Running = {
  drain: () => Promise<void>;
  /** On SIGHUP, or the message 'reload'. Throws an Error with what is wrong in the files; then nothing changes. */
  reload?: () => void | Promise<void>;
};

let ending = false;
const underRunner = process.send !== undefined;

/**
 * Runs a service: `start` builds it, listens, and returns how to end it. What `start` throws is printed as one clear
 * message, and the process exits 1. Once up, it reports `ready` to the runner, if there is one, and ends in order on a signal.
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
  // A closed terminal sends SIGHUP to the whole process group.
  process.on('SIGHUP', reload ? () => void reloadFiles(reload) : underRunner ? () => {} : stop);
  process.on('uncaughtException', (error) => void crash(error, flushMs.crash));
  process.on('disconnect', stopAlone); // the runner has ended
  process.on('message', (message: Partial<Command>) => {
    if (message.command === 'stop') stop();
    if (message.command === 'reload' && reload) void reloadFiles(reload);
  });
  for (const output of [process.stdout, process.stderr]) {
    // Any other failure, such as a full disk, loses lines of the log only.
    output.on('error', ({ code = '' }: NodeJS.ErrnoException) => READER_CLOSED.includes(code) && stopAlone());
  }
  if (underRunner && !process.connected) return stopAlone(); // ended while this was starting
  onTrouble((message) => {
    log.warn(message);
    if (process.connected) process.send?.({ trouble: message });
  });
  log.info({ at: listeningAt() }, 'listening');
  process.send?.({ ready: true });
}

/** Stops a server: no new connections, idle ones closed as they become so, the rest cut after 1.5 s. `listeners` hand it theirs. */
export async function closeServer(server: Server, ...listeners: TcpServer[]): Promise<void> {
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  const closed = [...listeners, server].map((each) => new Promise<void>((resolve) => each.close(() => resolve())));
  await Promise.all(closed);
  clearInterval(idle);
  clearTimeout(cut);
}

async function reloadFiles(reload: () => void | Promise<void>): Promise<void> {
  try {
    await reload();
    log.info('configuration reloaded');
    process.send?.({ reloaded: {} });
  } catch (error) {
    const { message } = error as Error;
    log.error(`${message}; the configuration is unchanged`);
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
