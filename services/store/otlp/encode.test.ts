import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OtlpFormatError, parseOtlpJson, readTraces } from '../../../traces/otlp/read-json.ts';
import { decode } from './decode.ts';
import { encode, encodeObject } from './encode.ts';
import { MESSAGES } from './message.ts';

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

test('half of a pair is no character', () => {
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
  ['"kind":2.0', 400],
  ['"kind":01', 400],
  ['"startTimeUnixNano":"-1"', 400],
  ['"startTimeUnixNano":""', 400],
  ['"startTimeUnixNano":" 5"', 400],
  ['"startTimeUnixNano":1e3', 400],
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
  // The journey page reads opened files as the receiver reads exports; JSON.parse cannot tell 2.0 and 1e3 from whole numbers.
  const asPage = () => readTraces(parseOtlpJson(`{"resourceSpans":[{"scopeSpans":[{"spans":[{${members}}]}]}]}`));
  if (status === 200 || /:2\.0|:1e3/.test(members)) expect(asPage()).toMatchObject({ resourceSpans: [{}] });
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
])('{%s} is read as if it were absent', (members) => {
  expect(throughText(`{${members}}`)).toMatchObject({ status: {} });
});

test('of two values the last counts', () => {
  expect(throughText(valued('{"stringValue":"a","intValue":"1"}')).attributes).toEqual([
    { key: 'a', value: { intValue: '1' } },
  ]);
});
