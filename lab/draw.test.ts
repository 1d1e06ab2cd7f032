import { expect, test } from 'vitest';
import type { TraceSpan } from '../traces/model.ts';
import { drawVisit } from './draw.ts';
import type { Outcome } from './send.ts';

test('nothing that a span says reaches the terminal as a command', () => {
  const evil = '\x1b]0;X\x07\x1b[2J\u009b\u202e';
  const span = {
    spanId: '1',
    parentSpanId: null,
    kind: 0,
    start: 0,
    duration: 1,
    events: [],
    links: [],
    resource: {},
    status: 'error',
  };
  const spans = [{ ...span, traceId: evil, service: evil, scope: evil, name: evil, attributes: {}, error: evil }];
  const outcome: Outcome = {
    ...{ traceId: evil, method: 'GET', url: evil, status: 200, durationMs: 1, complete: false, ok: false },
    ...{ missing: [evil], unexpected: [evil], extra: [], services: [], spanCount: 1, page: evil, jaeger: evil },
    preview: null,
    spans: spans as TraceSpan[],
  };
  const lines = drawVisit('static', outcome).split('\n');
  expect(lines.filter((line) => /[\p{Cc}\p{Bidi_Control}]/u.test(line))).toEqual([]);
});
