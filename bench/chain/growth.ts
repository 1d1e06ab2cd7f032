// What a letter costs as work grows: more connections (what the workers have not yet begun waits in the gateway's queue),
// more workers, longer traces.

import { randomBytes } from 'node:crypto';
import { encodeObject } from '../../services/store/otlp/encode.ts';
import { MESSAGES } from '../../services/store/otlp/message.ts';
import { median } from '../../traces/median.ts';
import type { ChainResults, Crowd, LongTrace } from '../report/results.ts';
import { startOf } from '../store-load.ts';
import { stop } from '../tools/process.ts';
import { get, post, startStore } from '../tools/store.ts';
import { ask, warmUp } from './rates.ts';
import { type Stand, startLabStand } from './stands.ts';

const CONNECTIONS = [1, 12, 52, 102, 256];
const WORKERS = [1, 2, 4, 8];
const SPANS = [10, 100, 1000, 10_000];
const SPANS_AN_EXPORT = 500;
const TRACES_EACH = 5;
const SECONDS = 3;

/** The dynamic page of stands that are warm, over ever more connections. */
export async function measureCrowds(stands: readonly Stand[]): Promise<Crowd[]> {
  const crowds: Crowd[] = [];
  for (const connections of CONNECTIONS) {
    for (const stand of stands) {
      const { rate, medianMs, p99Ms } = await ask(stand, 'dynamic', SECONDS, connections);
      crowds.push({ name: stand.name, connections, rate: Math.round(rate), medianMs, p99Ms });
    }
  }
  return crowds;
}

/** The dynamic page of labs with ever more workers, each lab alone. */
export async function measureWorkers(labs: Record<string, NodeJS.ProcessEnv>) {
  const found: NonNullable<ChainResults['workers']> = [];
  for (const workers of WORKERS) {
    for (const [name, variables] of Object.entries(labs)) {
      const stand = await startLabStand(name, { ...variables, WAYBILL_WORKERS: String(workers) });
      try {
        await warmUp(stand, 'dynamic');
        found.push({ name, workers, rate: Math.round((await ask(stand, 'dynamic', SECONDS)).rate) });
      } finally {
        await stand.stop();
      }
    }
  }
  return found;
}

/** Traces of ever more spans, sent to a store in exports as a service makes them, and asked for whole. */
export async function measureLongTraces(home: string): Promise<LongTrace[]> {
  const store = await startStore(home);
  try {
    const found: LongTrace[] = [];
    for (const spans of [...SPANS.slice(0, 1), ...SPANS]) {
      const times: { takenInMs: number; answeredMs: number }[] = [];
      for (let trace = 0; trace < TRACES_EACH; trace++) {
        const traceId = randomBytes(16).toString('hex');
        const bodies = exportsOf(traceId, spans);
        const began = performance.now();
        for (const body of bodies) await post(store, body, 'protobuf');
        const taken = performance.now();
        await get(store, `/api/v3/traces/${traceId}`);
        times.push({ takenInMs: taken - began, answeredMs: performance.now() - taken });
      }
      const middle = (what: 'takenInMs' | 'answeredMs') => Number(median(times.map((each) => each[what])).toFixed(1));
      found.push({ spans, takenInMs: middle('takenInMs'), answeredMs: middle('answeredMs') });
    }
    return found.slice(1); // the first compiled code
  } finally {
    await stop(store.process);
  }
}

function exportsOf(traceId: string, count: number): Buffer[] {
  const root = randomBytes(8).toString('hex');
  const spans = Array.from({ length: count }, (_, index) => ({
    traceId,
    spanId: index === 0 ? root : randomBytes(8).toString('hex'),
    ...(index > 0 && { parentSpanId: root }),
    name: 'SELECT letter',
    kind: 3,
    startTimeUnixNano: String(startOf(0) + BigInt(index) * 1000n),
    endTimeUnixNano: String(startOf(0) + BigInt(index + 1) * 1000n),
    attributes: [
      { key: 'db.system.name', value: { stringValue: 'sqlite' } },
      { key: 'db.query.text', value: { stringValue: 'select * from "letter" where "name" = ?' } },
    ],
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'app' } }] };
  return Array.from({ length: Math.ceil(count / SPANS_AN_EXPORT) }, (_, part) => {
    const some = spans.slice(part * SPANS_AN_EXPORT, (part + 1) * SPANS_AN_EXPORT);
    return encodeObject(MESSAGES.TracesData, {
      resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'bench' }, spans: some }] }],
    });
  });
}
