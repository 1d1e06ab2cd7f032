// Sends a load to the site and reads back what it left: latencies by scenario, the slowest traces, spans expected and stored. Of each
// scenario as many requests as a set can have carry its id: their traces can be opened and compared as those of `npm run compare`.

import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { setBaggage } from '../../otel/measured-set.ts';
import { MAX_TIMES } from '../../services/visitor/sets/read.ts';
import { type ReadTrace, readTrace } from '../../traces/jaeger.ts';
import type { LabConfig } from '../config.ts';
import { openLoop, type Plan, type Progress } from './arrivals.ts';
import { pick, type Share } from './mix.ts';

/** The result of one request: `status` null and `error` when no response came. */
export type Sent = {
  share: Share;
  latency: number;
  status: number | null;
  error: string | null;
  traceId: string | null;
  /** Whether it is one of its set. */
  isOfSet: boolean;
};

/** The traces that were read back, of all that were answered, and the spans that they must have and have. */
export type Stored = { traces: number; expected: number; stored: number };

const ANSWER_MS = 30_000;
/** So many traces are read back; of more, every n-th, and those of a set. */
const MAX_READ = 2000;
const READERS = 8;
const STORED_MS = 10_000;

/** Sends as `plan` says; resolves with every request, in the order of their answers. */
export async function runLoad(
  shares: readonly Share[],
  plan: Plan,
  { siteUrl: origin }: Pick<LabConfig, 'siteUrl'>,
  onProgress: (progress: Progress, sent: readonly Sent[]) => void,
): Promise<{ progress: Progress; sent: Sent[] }> {
  const agent = new Agent({
    connections: plan.maxInFlight,
    pipelining: 1,
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
  });
  const sent: Sent[] = [];
  const placeOf = createPlaces(shares, plan);
  const send = async (index: number, dueAt: number) => {
    const share = pick(shares, index);
    const place = placeOf(share);
    const baggage = place === undefined ? {} : { baggage: setBaggage(share.set, place, share.name) };
    const answer = await ask(agent, origin, share, baggage);
    sent.push({ share, latency: performance.now() - dueAt, ...answer, isOfSet: place !== undefined });
  };
  const progress = await openLoop(plan, send, (now) => onProgress(now, sent));
  await agent.destroy();
  return { progress, sent };
}

/** Gives each request its place in the set of its share, from 1: evenly over the whole plan; undefined for those of no set. */
function createPlaces(shares: readonly Share[], { rate, duration }: Plan): (share: Share) => number | undefined {
  const weights = shares.reduce((sum, { weight }) => sum + weight, 0);
  const counts = new Map<string, number>();
  return ({ name, weight }) => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    const step = Math.ceil((rate * duration * weight) / weights / MAX_TIMES);
    const place = count / step + 1;
    return Number.isInteger(place) && place <= MAX_TIMES ? place : undefined;
  };
}

type Answer = Pick<Sent, 'status' | 'error' | 'traceId'>;

async function ask(agent: Agent, origin: string, { host, path }: Share, more: Record<string, string>): Promise<Answer> {
  try {
    const headersSent = { host, ...more };
    const { statusCode, headers, body } = await agent.request({ origin, path, method: 'GET', headers: headersSent });
    await body.dump({ limit: 10_000_000 });
    const [, traceId = null] = String(headers.traceresponse ?? '').split('-');
    return { status: statusCode, error: null, traceId };
  } catch (error) {
    return { status: null, error: String((error as NodeJS.ErrnoException).code ?? error), traceId: null };
  }
}

/** Reads the traces back until they have their spans, or for 10 s. Throws when the store is unreachable. */
export async function readBack(sent: readonly Sent[], jaegerUrl: string): Promise<Stored> {
  const answered = sent.filter(({ traceId, share, status }) => traceId !== null && status === share.status);
  const step = Math.ceil(answered.length / MAX_READ) || 1;
  const chosen = answered.filter(({ isOfSet }, index) => isOfSet || index % step === 0);
  const deadline = performance.now() + STORED_MS;
  const result: Stored = { traces: chosen.length, expected: 0, stored: 0 };
  const queue = [...chosen];
  const read = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const { total } = await completeTrace(next, jaegerUrl, deadline);
      result.expected += next.share.spans;
      result.stored += total; // read after the wait: others add meanwhile
    }
  };
  await Promise.all(Array.from({ length: READERS }, read));
  return result;
}

async function completeTrace({ traceId, share }: Sent, jaegerUrl: string, deadline: number): Promise<ReadTrace> {
  for (;;) {
    const trace = await readTrace(jaegerUrl, traceId as string);
    if (trace.total >= share.spans || performance.now() > deadline) return trace;
    await delay(50);
  }
}
