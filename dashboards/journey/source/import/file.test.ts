// What a file may be, and what it is refused with.

import { expect, test } from 'vitest';
import { type ImportedFile, readFile } from './file.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const span = (changes: object = {}) => ({ traceId: TRACE, spanId: SPAN, name: 'GET', ...changes });
const file = (...spans: object[]) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
const read = (content: unknown) => readFile(JSON.stringify(content));
const [first] = [({ traces }: ImportedFile) => traces[0]?.spans[0]];

test('enums by name: an error is one', () => {
  const found = first(
    read(file(span({ kind: 'SPAN_KIND_SERVER', status: { code: 'STATUS_CODE_ERROR', message: 'x' } }))),
  );
  expect(found).toMatchObject({ kind: 1, status: 'error', error: 'x' });
});

test('times as numbers', () => {
  const text = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${TRACE}","spanId":"${SPAN}","startTimeUnixNano":1795218416101409744,"endTimeUnixNano":1795218416102409744}]}]}]}`;
  expect(first(readFile(text))).toMatchObject({ start: 1795218416101.409, duration: 1 });
});

test("lines of JSON, as a collector's file exporter writes them; metrics and logs among them are left out", () => {
  const other = span({ spanId: '00f067aa0ba902b8' });
  const lines = [file(span()), { resourceMetrics: [] }, { resourceLogs: [] }, file(other)].map((line) =>
    JSON.stringify(line),
  );
  expect(readFile(`${lines.join('\n')}\n`).traces[0]?.spans).toHaveLength(2);
});

test('names in snake_case', () => {
  const content = { resource_spans: [{ scope_spans: [{ spans: [{ trace_id: TRACE, span_id: SPAN, name: 'x' }] }] }] };
  expect(first(read(content))).toMatchObject({ traceId: TRACE, name: 'x' });
});

test.each([
  ['result', { result: file(span()) }],
  ['result.data', { result: { data: file(span()) } }],
  ['data', { data: file(span()) }],
])('what Jaeger answers, below %s', (_, content) => {
  expect(read(content).traces).toHaveLength(1);
});

test('null stands for nothing', () => {
  const attributes = [
    { key: 'a', value: { arrayValue: null } },
    { key: 'b', value: null },
  ];
  expect(first(read(file(span({ attributes, events: null }))))?.attributes).toEqual({ a: null, b: null });
});

test('spans without ids are left out, and counted', () => {
  const zeros = { traceId: '0'.repeat(32) };
  expect(read(file(span(), span({ spanId: '' }), span(zeros)))).toMatchObject({
    leftOut: 2,
    traces: [{ traceId: TRACE }],
  });
});

test('of several traces the one with most spans comes first', () => {
  const other = { traceId: 'b'.repeat(32) };
  const ids = read(file(span(), span({ ...other, spanId: 'a'.repeat(16) }), span(other))).traces.map(
    ({ traceId }) => traceId,
  );
  expect(ids).toEqual([other.traceId, TRACE]);
});

const deep = (levels: number) => {
  const value = '{"arrayValue":{"values":['.repeat(levels) + ']}}'.repeat(levels);
  return `{"resourceSpans":[{"resource":{"attributes":[{"key":"k","value":${value}}]},"scopeSpans":[{"spans":[]}]}]}`;
};

test.each([
  ['', 'not JSON'],
  ['not { json', 'not JSON'],
  ['{"resourceSpans":[\n{"scopeSpans":\n', 'not JSON'],
  [`${JSON.stringify(file(span()))}\n{"resourceSpans"`, 'line 2 is not JSON'],
  ['5', 'not of OpenTelemetry'],
  ['{"a":1}', 'not of OpenTelemetry'],
  ['[]', 'not of OpenTelemetry'],
  ['{"data":[{"traceID":"1","spans":[]}]}', "Jaeger's page"],
  ['{"resourceSpans":[]}', 'no span in it'],
  ['{"resourceMetrics":[]}', 'no span in it'],
  ['{"resourceSpans":5}', 'resourceSpans: expected a list, got 5'],
  [
    JSON.stringify(file(span({ attributes: [{ key: 'a', value: { arrayValue: { values: 5 } } }] }))),
    'expected a list, got 5',
  ],
  [JSON.stringify(file(span({ status: { code: 'BROKEN' } }))), 'STATUS_CODE_ERROR'],
  [JSON.stringify(file(span({ traceId: 'xyz' }))), '32 hexadecimal digits'],
  [deep(20_000), 'nested deeper than 200'],
  [`${deep(20_000).slice(0, -1)},"x":1234567890123456789}`, 'nested too deep'],
])('%.60s is refused: %s', (text, says) => {
  expect(() => readFile(text)).toThrow(says);
});

test('other members nested 20,000 deep do no harm', () => {
  const text = `{"x":${'['.repeat(20_000)}${']'.repeat(20_000)},${JSON.stringify(file(span())).slice(1)}`;
  expect(readFile(text).traces).toHaveLength(1);
});
