import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OtlpFormatError, parseOtlpJson, readTraces } from '../../../traces/otlp/read-json.ts';
import { decode } from './decode.ts';
import { encode, encodeObject } from './encode.ts';
import { MESSAGES } from './message.ts';
import { transcode } from './transcode.ts';

const through = (span: object) => decode(MESSAGES.Span, encodeObject(MESSAGES.Span, span));
const throughText = (json: string) => decode(MESSAGES.Span, encode(MESSAGES.Span, Buffer.from(json)));
const valued = (value: string) => `{"attributes":[{"key":"a","value":${value}}]}`;

test.each([
  '1',
  '4294967295',
  '4294967296',
  '999999999999999999',
  '1795218426540542475',
  '9223372036854775808',
  '18446744073709551615',
])('%s nanoseconds come back to the last digit', (startTimeUnixNano) => {
  expect(through({ startTimeUnixNano })).toEqual({ startTimeUnixNano, status: {} });
});

test.each([0n, 1n, -1n, 127n, 128n, -(2n ** 31n), 2n ** 32n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n])(
  'the integer %s comes back',
  (integer) => {
    for (const text of [`"${integer}"`, `${integer}`]) {
      expect(throughText(valued(`{"intValue":${text}}`)).attributes).toEqual([
        { key: 'a', value: { intValue: String(integer) } },
      ]);
    }
  },
);

test('every text comes back, however JSON writes it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (name) => {
      expect(through({ name }).name ?? '').toBe(name);
      const escaped = name.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
      expect(throughText(`{"n\\u0061me":"${escaped}"}`).name ?? '').toBe(name);
    }),
  );
});

test('half of a surrogate pair is not a character', () => {
  expect(throughText('{"name":"a\\ud83d"}').name).toBe('a\ufffd');
  expect(throughText('{"name":"\\ud83d\\u0041"}').name).toBe('\ufffdA');
});

test('every double comes back', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
      const value = { doubleValue: double };
      expect(through({ attributes: [{ key: 'a', value }] }).attributes).toEqual([
        { key: 'a', value: { doubleValue: double + 0 } },
      ]);
    }),
  );
});

test('any JSON is either refused or read as JSON.parse reads it', () => {
  const noise = fc.json({ maxDepth: 5 }).chain((json) =>
    fc.tuple(fc.constant(json), fc.nat(), fc.string({ maxLength: 2 })).map(([text, at, put]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + put + text.slice(place);
    }),
  );
  fc.assert(
    fc.property(noise, (json) => {
      const text = `{"name":"x","unknown":${json}}`;
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      if (isJson) expect(throughText(text)).toMatchObject({ status: {} });
      else expect(() => throughText(text)).toThrow(OtlpFormatError);
    }),
    { numRuns: 1000 },
  );
});

/** What a Jaeger 2.20 says to each. */
test.each([
  ['"name":null', 200],
  ['"attributes":null', 200],
  ['"status":null', 200],
  ['"events":[null]', 200],
  ['"traceState":null', 200],
  ['"attributes":[{"key":"a","value":null}]', 200],
  ['"attributes":[{"key":"a","value":{"stringValue":null}}]', 200],
  ['"attributes":[{"key":"a","value":{"arrayValue":null}}]', 200],
  ['"attributes":[{"key":"a","value":{"doubleValue":"NaN"}}]', 200],
  ['"attributes":[{"key":"a","value":{"doubleValue":"1.5"}}]', 200],
  ['"attributes":[{"key":"a","value":{"intValue":-0}}]', 200],
  ['"droppedAttributesCount":"7","flags":"7"', 200],
  ['"kind":-1', 200],
  ['"kind":"SPAN_KIND_CLIENT","status":{"code":"STATUS_CODE_ERROR"}', 200],
  ['"status":{"code":77}', 200],
  ['"name":"x","name":"y"', 200],
  ['"unknown":{"a":[1,2,{"b":null}]}', 200],
  ['"attributes":[{"key":"a","value":{"boolValue":"true"}}]', 400],
  ['"attributes":[{"key":"a","value":{"bytesValue":"AAE"}}]', 400],
  ['"attributes":[{"key":"a","value":{"doubleValue":""}}]', 400],
  ['"attributes":[{"key":"a","value":{"intValue":1.5}}]', 400],
  ['"attributes":[{"key":"a","value":{"intValue":9223372036854775808}}]', 400],
  ['"kind":4294967295', 400],
  ['"kind":"SPAN_KIND_BOGUS"', 400],
  ['"kind":01', 400],
  ['"startTimeUnixNano":"-1"', 400],
  ['"startTimeUnixNano":""', 400],
  ['"startTimeUnixNano":" 5"', 400],
  ['"startTimeUnixNano":"18446744073709551616"', 400],
  ['"droppedAttributesCount":4294967296', 400],
  ['"parentSpanId":"AA"', 400],
  ['"name":5', 400],
  ['"name":"a\tb"', 400],
  ['"name":"\\x"', 400],
  ['"status":[]', 400],
  ['"events":{}', 400],
  ['', 200],
  [',', 400],
  ['"name":"x",', 400],
  ['"name" "x"', 400],
])('{%s} is answered %i', (members, status) => {
  const read = () => throughText(`{${members}}`);
  if (status === 200) expect(read()).toMatchObject({ status: {} });
  else expect(read).toThrow(OtlpFormatError);
  // The journey page reads opened files as the receiver reads exports.
  const asPage = () => readTraces(parseOtlpJson(`{"resourceSpans":[{"scopeSpans":[{"spans":[{${members}}]}]}]}`));
  if (status === 200) expect(asPage()).toMatchObject({ resourceSpans: [{}] });
  else expect(asPage).toThrow(OtlpFormatError);
});

/** A Jaeger 2.20 refuses these; protobuf's own JSON takes them (https://protobuf.dev/programming-guides/json/). */
test.each([
  ['"kind":null'],
  ['"startTimeUnixNano":null'],
  ['"parentSpanId":null'],
  ['"flags":null'],
  ['"attributes":[{"key":"a","value":{"doubleValue":null}}]'],
  ['"attributes":[{"key":"a","value":{"intValue":null}}]'],
  ['"attributes":[{"key":"a","value":{"boolValue":null}}]'],
  ['"attributes":[{"key":"a","value":{"bytesValue":null}}]'],
  ['"kind":2.0'],
  ['"startTimeUnixNano":1e3'],
])('{%s} is read', (members) => {
  expect(throughText(`{${members}}`)).toMatchObject({ status: {} });
});

test('of two values the last counts', () => {
  expect(throughText(valued('{"stringValue":"a","intValue":"1"}')).attributes).toEqual([
    { key: 'a', value: { intValue: '1' } },
  ]);
});

test('JSON of more values than may be made into objects is refused', () => {
  expect(() => throughText(`{"attributes": [${'{},'.repeat(600_000)}{}]}`)).toThrow('more than 500000 values');
});

test('commas in a text are not values', () => {
  const name = ','.repeat(600_000);
  expect(throughText(`{"name": "${name}"}`).name).toBe(name);
});

test('JSON as an SDK writes it and the same with white space become the same span', () => {
  const object = {
    name: 'a "b"\r\n',
    kind: 3,
    traceId: 'ab'.repeat(16),
    startTimeUnixNano: '1795218426540542475',
    flags: 257,
    status: { code: 2 },
    attributes: [
      { key: 'i', value: { intValue: '-5' } },
      { key: 'n', value: { intValue: 7 } },
      { key: 'd', value: { doubleValue: -1.5e-7 } },
      { key: 'b', value: { boolValue: false } },
      { key: 'l', value: { arrayValue: { values: [{ stringValue: '' }, {}] } } },
    ],
    events: [{ timeUnixNano: '1', name: 'e' }],
  };
  const compact = transcode(MESSAGES.Span, Buffer.from(JSON.stringify(object)));
  const spaced = encode(MESSAGES.Span, Buffer.from(JSON.stringify(object, null, 2)));
  expect(decode(MESSAGES.Span, compact as Buffer)).toEqual(decode(MESSAGES.Span, spaced));
});
