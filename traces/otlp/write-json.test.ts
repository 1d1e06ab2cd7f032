// What is written is read back the same, whatever OTLP can hold.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseOtlpJson, readTraces } from './read-json.ts';
import type { AnyValue, KeyValue, TracesData } from './types.ts';
import { pickTrace, writeTraces } from './write-json.ts';

const text = fc.string({ unit: 'grapheme' });
const hex = (digits: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: digits, maxLength: digits });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const nanoseconds = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const uint32 = fc.nat(2 ** 32 - 1);
const bytes = fc.uint8Array({ maxLength: 9 }).map((array) => Buffer.from(array).toString('base64'));
const some = <T>(model: T) => fc.record(model as never, { requiredKeys: [] });

const { attributes } = fc.letrec<{ any: AnyValue; attributes: KeyValue[] }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    text.map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    int64.map((intValue) => ({ intValue })),
    fc.double().map((doubleValue) => ({ doubleValue })),
    fc.integer().map((doubleValue) => ({ doubleValue })),
    bytes.map((bytesValue) => ({ bytesValue })),
    fc.constant({}),
    fc.array(tie('any'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    tie('attributes').map((values) => ({ kvlistValue: { values } })),
  ),
  attributes: fc.array(fc.record({ key: text, value: tie('any') }), { maxLength: 3 }),
}));

const span = fc.record(
  {
    traceId: hex(32),
    spanId: hex(16),
    status: some({ code: fc.constantFrom(0, 1, 2), message: text }),
    traceState: text,
    parentSpanId: hex(16),
    flags: uint32,
    name: text,
    kind: fc.nat(5),
    startTimeUnixNano: nanoseconds,
    endTimeUnixNano: nanoseconds,
    attributes,
    droppedAttributesCount: uint32,
    events: fc.array(some({ timeUnixNano: nanoseconds, name: text, attributes, droppedAttributesCount: uint32 }), {
      maxLength: 2,
    }),
    droppedEventsCount: uint32,
    links: fc.array(some({ traceId: hex(32), spanId: hex(16), traceState: text, attributes, flags: uint32 }), {
      maxLength: 2,
    }),
    droppedLinksCount: uint32,
  },
  { requiredKeys: ['traceId', 'spanId', 'status'] },
);
const scopeSpans = fc.record(
  { scope: some({ name: text, version: text, attributes }), spans: fc.array(span, { maxLength: 3 }), schemaUrl: text },
  { requiredKeys: ['scope', 'spans'] },
);
const resourceSpans = fc.record(
  { resource: some({ attributes }), scopeSpans: fc.array(scopeSpans, { maxLength: 2 }), schemaUrl: text },
  { requiredKeys: ['resource', 'scopeSpans'] },
);
const traces = fc.record({ resourceSpans: fc.array(resourceSpans, { maxLength: 2 }) }) as fc.Arbitrary<unknown>;

test('what is written is read back the same', () => {
  fc.assert(
    fc.property(traces, (data) => {
      const read = readTraces(data); // ids and members that must be there are
      expect(readTraces(parseOtlpJson(writeTraces(read)))).toEqual(read);
    }),
  );
});

test.each([1, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 2 ** 60])(
  'the double %d stays that double',
  (doubleValue) => {
    const data = { resourceSpans: [{ resource: { attributes: [{ key: 'x', value: { doubleValue } }] } }] };
    const [read] = readTraces(parseOtlpJson(writeTraces(data))).resourceSpans;
    expect(read?.resource.attributes?.[0]?.value?.doubleValue).toBe(doubleValue);
  },
);

test('of several traces one is picked, with its resource, scope and schema', () => {
  const one = { traceId: 'a'.repeat(32), spanId: '1'.repeat(16), status: {} };
  const other = { traceId: 'b'.repeat(32), spanId: '2'.repeat(16), status: {} };
  const scope = { name: 's', version: '1' };
  const data: TracesData = {
    resourceSpans: [
      { resource: {}, schemaUrl: 'r', scopeSpans: [{ scope, schemaUrl: 'x', spans: [one, other] }] },
      { resource: {}, scopeSpans: [{ scope, spans: [other] }] },
    ],
  };
  expect(pickTrace(data, one.traceId)).toEqual({
    resourceSpans: [{ resource: {}, schemaUrl: 'r', scopeSpans: [{ scope, schemaUrl: 'x', spans: [one] }] }],
  });
});
