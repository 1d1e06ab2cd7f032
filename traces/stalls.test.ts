import { expect, test } from 'vitest';
import type { TraceSpan } from './model.ts';
import { stallSentence } from './stalls.ts';

/** A span of `service` from `start`, `duration` ms long, below the one before it. */
const span = (service: string, start: number, duration: number, attributes: TraceSpan['attributes'] = {}) => {
  return { service, start: 1000 + start, duration, attributes };
};

function trace(...spans: ReturnType<typeof span>[]): TraceSpan[] {
  return spans.map((each, at) => {
    const ids = { traceId: 't', spanId: String(at), parentSpanId: at === 0 ? null : String(at - 1) };
    const rest = { scope: 'waybill', name: 'GET', kind: 0, resource: {}, events: [], links: [] };
    return { ...ids, ...rest, ...each, status: 'unset', error: null };
  });
}

const cpu = (ms: number) => ({ 'waybill.cpu.wait': ms });
const gc = (ms: number) => ({ 'waybill.gc.pause': ms });
const active = (ms: number) => ({ 'waybill.event_loop.active': ms });

test.for([
  [
    'a wait of one process',
    trace(span('visitor', 0, 50, cpu(38))),
    'The machine was busy: 38 ms of this were waiting for a CPU.',
  ],
  [
    'of two, one after the other',
    trace(span('visitor', 0, 50, cpu(20)), span('proxy', 25, 25, cpu(18))),
    '38 ms of this were waiting',
  ],
  [
    'of two, at the same time',
    trace(span('visitor', 0, 50, cpu(30)), span('proxy', 5, 45, cpu(30))),
    '35 ms of this were waiting',
  ],
  ['while another process worked', trace(span('visitor', 0, 50, cpu(45)), span('proxy', 1, 49)), ''],
  [
    'two causes',
    trace(span('visitor', 0, 50, { ...cpu(20), ...gc(6) })),
    '20 ms of this were waiting for a CPU, 6.0 ms were garbage collection.',
  ],
  ['garbage collection', trace(span('visitor', 0, 50, gc(6))), '6.0 ms of this were garbage collection.'],
  ['more than the trace', trace(span('visitor', 0, 50, cpu(90))), '50 ms of this were waiting for a CPU.'],
  [
    'an event loop',
    trace(span('visitor', 0, 50), span('proxy', 5, 45, active(30))),
    '30 ms of this were a busy event loop.',
  ],
  ['that of a worker', trace(span('visitor', 0, 50), span('app', 5, 45, active(30))), ''],
  ['a short wait', trace(span('visitor', 0, 5, cpu(1.5))), ''],
  ['a small part of a long trace', trace(span('visitor', 0, 500, cpu(20))), ''],
  ['nothing', [], ''],
] as const)('%s', ([, spans, sentence]) => {
  if (sentence === '') expect(stallSentence(spans)).toBe('');
  else expect(stallSentence(spans)).toContain(sentence);
});
