import { expect, test } from 'vitest';
import type { TraceSpan } from './model.ts';
import { layOut } from './waterfall.ts';

function span(spanId: string, parentSpanId: string | null, start: number, duration: number, changes = {}): TraceSpan {
  return {
    spanId,
    parentSpanId,
    name: spanId,
    service: 's',
    start,
    duration,
    attributes: {},
    error: null,
    ...changes,
  } as TraceSpan;
}
const names = (spans: TraceSpan[]) => layOut(spans).rows.map(({ span, follows }) => `${follows.length}${span.name}`);

test('children stand below their parent, in the order of their start', () => {
  const spans = [span('a', null, 100, 10), span('b', 'a', 101, 2), span('c', 'b', 101.5, 1), span('d', 'a', 104, 3)];
  expect(names(spans)).toEqual(['0a', '1b', '2c', '1d']);
});

test('offsets count from the first span, the duration reaches to the last end', () => {
  const { rows, duration } = layOut([span('a', null, 100, 10), span('b', 'a', 105, 20)]);
  expect(rows.map(({ offset }) => offset)).toEqual([0, 5]);
  expect(duration).toBe(25);
});

test('an orphan stands at the top, a cycle is shown once', () => {
  expect(names([span('a', null, 0, 1), span('b', 'gone', 1, 1)])).toEqual(['0a', '0b']);
  expect(names([span('a', 'b', 0, 1), span('b', 'a', 1, 1)])).toEqual(['0a', '1b']);
});

test('beside the bar stands the error, else the most important attribute', () => {
  const details = (changes: object) => layOut([span('a', null, 0, 1, changes)]).rows[0]?.detail;
  expect(details({ error: '', attributes: { 'error.type': 'NXDOMAIN' } })).toBe('✗ NXDOMAIN');
  expect(details({ error: 'boom' })).toBe('✗ boom');
  const resolve = { service: 'dns', name: 'resolve', kind: 1, scope: 'waybill' };
  expect(details({ ...resolve, attributes: { 'waybill.dns.cache': 'hit', 'dns.answers': ['203.0.113.10'] } })).toBe(
    'hit',
  );
  expect(details({})).toBe('');
});

test('the receiver of a request is the nearest other service below, past spans of its own', () => {
  const spans = [
    span('a', null, 0, 9),
    span('b', 'a', 1, 8),
    span('c', 'b', 2, 1),
    span('d', 'b', 3, 1, { service: 't' }),
  ];
  expect(layOut(spans).rows.map(({ receiver }) => receiver)).toEqual(['t', 't', undefined, undefined]);
});

test('no spans make no rows', () => {
  expect(layOut([])).toEqual({ rows: [], duration: 0, remark: '' });
});

test('a span without times stands at the beginning and does not stretch the others', () => {
  const { rows, duration } = layOut([span('a', null, 0, 0), span('b', null, 100, 10)]);
  expect(rows.map(({ offset }) => offset)).toEqual([0, 0]);
  expect(duration).toBe(10);
});

test('of 130,000 spans 10,000 are drawn, with a remark', () => {
  const spans = Array.from({ length: 130_000 }, (_, index) =>
    span(String(index), index === 0 ? null : '0', 1 + index, 1),
  );
  const { rows, duration, remark } = layOut(spans);
  expect([rows.length, duration, remark]).toEqual([10_000, 130_000, 'shows 10,000 of 130,000 spans']);
  expect(layOut(spans.slice(0, 5), 5_000_000).remark).toBe('shows 5 of 5,000,000 spans');
});

test('a chain of 10,000 is drawn, set in no deeper than can be read', () => {
  const spans = Array.from({ length: 10_000 }, (_, index) =>
    span(String(index), index === 0 ? null : String(index - 1), 1, 1),
  );
  const { rows } = layOut(spans);
  expect(rows.map(({ span: { name } }) => name)).toEqual(spans.map(({ name }) => name));
  expect(rows.at(-1)?.follows).toHaveLength(32);
});
