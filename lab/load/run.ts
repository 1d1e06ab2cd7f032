// Sends a load to the site and reads back what it left: latencies by scenario, the slowest traces, spans expected and stored.

import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { type ReadTrace, readTrace } from '../../traces/jaeger.ts';
import { type Sample, sampleOf } from '../../traces/statistics/sample.ts';
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
};

/** The traces that were read back, of all that were answered, the spans that they must have and have, and their durations by scenario. */
export type Stored = { traces: number; expected: number; stored: number; samples: Record<string, Sample[]> };

const ANSWER_MS = 30_000;
/** So many traces are read back; of more, every n-th. */
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
  const send = async (index: number, dueAt: number) => {
    const share = pick(shares, index);
    const answer = await ask(agent, origin, share);
    sent.push({ share, latency: performance.now() - dueAt, ...answer });
  };
  const progress = await openLoop(plan, send, (now) => onProgress(now, sent));
  await agent.destroy();
  return { progress, sent };
}

async function ask(agent: Agent, origin: string, { host, path }: Share): Promise<Omit<Sent, 'share' | 'latency'>> {
  try {
    const { statusCode, headers, body } = await agent.request({ origin, path, method: 'GET', headers: { host } });
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
  const chosen = answered.filter((_, index) => index % step === 0);
  const deadline = performance.now() + STORED_MS;
  const result: Stored = { traces: chosen.length, expected: 0, stored: 0, samples: {} };
  const queue = [...chosen];
  const read = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const { name, spans: expected } = next.share;
      const { spans, total } = await completeTrace(next, jaegerUrl, deadline);
      result.expected += expected;
      result.stored += total;
      const samples = result.samples[name] ?? [];
      const sample = total < expected ? undefined : sampleOf(spans, samples.length + 1);
      if (sample) result.samples[name] = [...samples, sample];
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
