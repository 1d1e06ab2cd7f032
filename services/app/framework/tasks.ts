// Background tasks: Django's tasks framework (django.tasks), with a table of the site's database as the queue.
//
//   view → send: INSERT task ┄┄ until it is due ┄┄▶ take (polled): UPDATE task, due again in LEASE_MS → process: the task's work,
//                                                   then DELETE task and its result in one transaction
//
// A message stays in the table until then. If its worker ends in the middle, or the work fails, it is due again after the lease:
// no message is lost. A worker that has lost its lease finds another number of attempts, and stores nothing: no message counts twice.
//
// The message carries the trace context, as a request carries it in its headers. The work is a trace of its own, linked to the span
// that sent the message: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/

import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { context, type Link, trace } from '@opentelemetry/api';
import type { Selectable } from 'kysely';
import { app } from '../../../otel/contract/index.ts';
import * as names from '../../../otel/contract/names.ts';
import { contextHeaders, extractContext } from '../../../otel/propagation/http.ts';
import { inSpan } from '../../../otel/span.ts';
import { untraced } from '../../../otel/untraced.ts';
import { log } from '../../../runtime/log.ts';
import type { Database } from './database/database.ts';
import type { TaskRow } from './database/tables.ts';
import { HttpError } from './http/errors.ts';
import { randomText } from './signing.ts';

/** What the messages of one queue ask for. */
export type Task = {
  /** Of the queue. */
  name: string;
  /** Does the work with the argument that was sent; returns the step that stores its result, which is run in a transaction. */
  work: (db: Database, argument: unknown, now: Date) => Promise<(all: Database) => Promise<unknown>>;
};

/** Answers the request with 503: the queue has MAX_WAITING messages. */
class QueueFull extends HttpError {
  constructor() {
    super(503, 'The task queue is full.');
  }
}

/** Rolls back what a worker has done with a message that another worker has taken since. */
class LeaseLost extends Error {
  override name = 'LeaseLost';
  override message = `The work took longer than ${LEASE_MS / 1000} s, and another worker has taken the message.`;
}

type Message = Selectable<TaskRow>;

/** How many messages may wait, of all queues; about: two views that count at the same time may both send one. */
const MAX_WAITING = 1000;
/** How long a worker that has taken a message has for it, in ms, until another one may take it. */
const LEASE_MS = 10_000;
/** How often a message is taken until it is given up. */
const MAX_ATTEMPTS = 3;
/** How often an idle worker looks for a message, in ms. */
const POLL_MS = 250;

/** Sends a message with `argument` to the queue of `task`, to be processed after the response. Throws HttpError 503 when it is full. */
export function sendTask(db: Database, { name }: Task, argument: unknown, now: Date): Promise<void> {
  const id = randomText(16);
  const attributes = messageAttributes('send', { id, queue: name });
  return inSpan(app.send, { words: { queue: name }, attributes }, async () => {
    const { waiting } = await db
      .selectFrom('task')
      .select(({ fn }) => fn.countAll<number>().as('waiting'))
      .executeTakeFirstOrThrow();
    if (waiting >= MAX_WAITING) throw new QueueFull();
    const sent = now.toISOString();
    const row = {
      id,
      queue: name,
      argument: JSON.stringify(argument),
      context: JSON.stringify(contextHeaders(context.active())),
      sent,
      due: sent,
    };
    await db.insertInto('task').values(row).execute();
  });
}

/** Processes the messages of `tasks` until `stop`, which resolves when the message in progress is done. */
export function startTaskWorker(
  db: Database,
  tasks: readonly Task[],
  clock: () => Date,
): { stop: () => Promise<void> } {
  const stopped = new AbortController();
  const { signal } = stopped;
  let isFailing = false;

  async function processNext(): Promise<boolean> {
    try {
      const message = await untraced(() => take(db, tasks, clock()));
      isFailing = false;
      if (message) await processMessage(db, tasks, message, clock());
      return message !== undefined;
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, 'the task queue cannot be read; this is tried again until it succeeds');
      isFailing = true;
      return false;
    }
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      if (!(await processNext())) await delay(POLL_MS, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  const running = tasks.length > 0 ? run() : Promise.resolve();
  return {
    stop() {
      stopped.abort();
      return running;
    },
  };
}

/** Takes the message that has been due for the longest time; undefined when there is none, or another worker is faster. */
async function take(db: Database, tasks: readonly Task[], now: Date): Promise<Message | undefined> {
  const next = await db
    .selectFrom('task')
    .select(['id', 'due'])
    // A release may have queues that another one does not know.
    .where(
      'queue',
      'in',
      tasks.map(({ name }) => name),
    )
    .where('due', '<=', now.toISOString())
    .orderBy('due')
    .limit(1)
    .executeTakeFirst();
  if (next === undefined) return undefined;
  const message = await db
    .updateTable('task')
    .set(({ eb }) => ({ attempts: eb('attempts', '+', 1), due: new Date(now.getTime() + LEASE_MS).toISOString() }))
    .where('id', '=', next.id)
    .where('due', '=', next.due)
    .returningAll()
    .executeTakeFirst();
  if (message === undefined || message.attempts <= MAX_ATTEMPTS) return message;
  await db.deleteFrom('task').where('id', '=', message.id).execute();
  log.error({ queue: message.queue, message: message.id }, `a task failed ${MAX_ATTEMPTS} times and was deleted`);
  return undefined;
}

/** Does the work of `message`, in a trace of its own. Never throws: the message then stays, and is taken again. */
async function processMessage(db: Database, tasks: readonly Task[], message: Message, now: Date): Promise<void> {
  const { queue, id, attempts, sent } = message;
  const attributes = {
    ...messageAttributes('process', message),
    [names.ATTR_QUEUE_WAIT]: now.getTime() - Date.parse(sent),
    [names.ATTR_TASK_ATTEMPT]: attempts,
  };
  const received = extractContext(carrierOf(message));
  const sender = trace.getSpanContext(received);
  const links: Link[] = sender ? [{ context: sender }] : [];
  const parent = trace.deleteSpan(received); // its baggage stays
  await inSpan(app.process, { words: { queue }, attributes, links, parent }, async () => {
    try {
      const task = tasks.find(({ name }) => name === queue) as Task;
      const store = await task.work(db, JSON.parse(message.argument), now);
      await db.transaction().execute(async (all) => {
        const held = all.deleteFrom('task').where('id', '=', id).where('attempts', '=', attempts);
        const { numDeletedRows } = await held.executeTakeFirstOrThrow();
        if (numDeletedRows === 0n) throw new LeaseLost();
        await store(all);
      });
    } catch (error) {
      log.error({ err: error, queue, message: id, attempt: attempts }, 'a background task failed');
      throw error;
    }
  }).catch(() => {}); // logged, and noted on the span
}

function messageAttributes(operation: 'send' | 'process', { id, queue }: Pick<Message, 'id' | 'queue'>) {
  return {
    [names.ATTR_MESSAGING_SYSTEM]: 'database',
    [names.ATTR_MESSAGING_OPERATION_NAME]: operation,
    [names.ATTR_MESSAGING_OPERATION_TYPE]: operation,
    [names.ATTR_MESSAGING_DESTINATION_NAME]: queue,
    [names.ATTR_MESSAGING_MESSAGE_ID]: id,
  };
}

/** The fields of the context that came with a message; none where they cannot be read. */
function carrierOf({ context: text }: Message): IncomingHttpHeaders {
  try {
    const carrier: unknown = JSON.parse(text);
    return typeof carrier === 'object' && carrier !== null ? (carrier as IncomingHttpHeaders) : {};
  } catch {
    return {};
  }
}
