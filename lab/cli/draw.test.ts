import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { spansOf, type TraceSpan } from '../../traces/model.ts';
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

const captured = join(import.meta.dirname, '../../dashboards/journey/testdata');
const outcomeOf = (name: string): Outcome => {
  const spans = spansOf(JSON.parse(readFileSync(join(captured, `${name}.json`), 'utf8')));
  const visit = { traceId: '0'.repeat(32), method: 'GET', url: 'http://tatis.test/', status: 200, durationMs: 20 };
  const fine = { complete: true, ok: true, missing: [], unexpected: [], extra: [], services: [], preview: null };
  return { ...visit, ...fine, spans, spanCount: spans.length, page: 'http://127.0.0.1:8190/', jaeger: null };
};

test.each([60, 80, 110, 200])('at %d columns no line is longer, and every span has one', (width) => {
  const outcome = outcomeOf('permission');
  const lines = drawVisit('job', outcome, width).split('\n');
  expect(lines.filter((line) => line.length > width)).toEqual([]);
  expect(lines.filter((line) => line.includes('━'))).toHaveLength(outcome.spans.length);
});

test.each([60, 80, 200])('at %d columns names of wide, joined and long characters keep the columns', (width) => {
  const outcome = outcomeOf('permission');
  const names = ['電話帳', '👩‍👩‍👧 family', 'e\u0301cole', 'x'.repeat(300), '\u{1F1F5}\u{1F1F1}', '中'.repeat(90)];
  const spans = outcome.spans.map((span, index) => {
    const name = names[index % names.length] as string;
    return { ...span, service: name, name, error: name };
  });
  const lines = drawVisit('job', { ...outcome, spans }, width).split('\n');
  expect(lines.filter((line) => stringWidth(line) > width)).toEqual([]);
  const times = lines
    .filter((line) => line.includes('━'))
    .map((line) => stringWidth(line.slice(0, line.indexOf(' ms  '))));
  expect(new Set(times).size).toBeLessThanOrEqual(1);
});

test('the caller of each span is shown, and what a bar after its parent means', () => {
  const drawn = drawVisit('dynamic', outcomeOf('dynamic'), 120);
  expect(drawn).toMatch(/visitor +└─ → web server GET /);
  expect(drawn).toMatch(/gateway .*─ → app-[12] GET /);
  expect(drawn).toContain('203.0.113.10');
  expect(drawn).toContain('A bar may begin after its parent has ended');
  expect(drawn).not.toContain('127.0.0.1 ');
});
