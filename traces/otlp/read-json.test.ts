import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OtlpFormatError, parseOtlpJson, readTraces } from './read-json.ts';

const read = (json: string) => readTraces(parseOtlpJson(json));
const span = (members: string) =>
  read(`{"resourceSpans":[{"scopeSpans":[{"spans":[{${members}}]}]}]}`).resourceSpans[0]?.scopeSpans[0]?.spans[0];
const valued = (value: string) => `"attributes":[{"key":"a","value":${value}}]`;
const EMPTY = { traceId: '', spanId: '', status: {} };

test('every form in which an exporter writes a span is read as one', () => {
  const traceId = 'ab'.repeat(16);
  const expected = { ...EMPTY, traceId, kind: 2, startTimeUnixNano: '1795218426540542475', status: { code: 2 } };
  for (const members of [
    `"traceId":"${traceId}","kind":2,"startTimeUnixNano":"1795218426540542475","status":{"code":2}`,
    `"traceId":"${traceId.toUpperCase()}","kind":"SPAN_KIND_SERVER","startTimeUnixNano":1795218426540542475,"status":{"code":"STATUS_CODE_ERROR"}`,
    `"trace_id":"${traceId}","kind":2,"start_time_unix_nano":"1795218426540542475","status":{"code":2},"name":null,"events":null`,
  ]) {
    expect(span(members)).toEqual(expected);
  }
});

test.each([0n, 1n, -1n, 127n, 128n, -(2n ** 31n), 2n ** 32n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n])(
  'the integer %s comes back to the last digit',
  (integer) => {
    for (const text of [`"${integer}"`, `${integer}`]) {
      expect(span(valued(`{"intValue":${text}}`))?.attributes).toEqual([
        { key: 'a', value: { intValue: String(integer) } },
      ]);
    }
  },
);

test('any JSON in a member that is not known is left out, and malformed JSON is refused', () => {
  const noise = fc.json({ maxDepth: 5 }).chain((json) =>
    fc.tuple(fc.constant(json), fc.nat(), fc.string({ maxLength: 2 })).map(([text, at, put]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + put + text.slice(place);
    }),
  );
  fc.assert(
    fc.property(noise, (json) => {
      let isJson = true;
      try {
        JSON.parse(`{"unknown":${json}}`);
      } catch {
        isJson = false;
      }
      if (isJson) expect(span(`"name":"x","unknown":${json}`)).toEqual({ ...EMPTY, name: 'x' });
      else expect(() => span(`"name":"x","unknown":${json}`)).toThrow(OtlpFormatError);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['"kind":"SPAN_KIND_BOGUS"', 'resourceSpans[0].scopeSpans[0].spans[0].kind: expected a number, or one of'],
  ['"status":{"code":"ERROR"}', 'spans[0].status.code: expected a number'],
  ['"traceId":"abc"', 'traceId: expected 32 hexadecimal digits, got "abc"'],
  ['"attributes":[{"key":"a"},{"key":5}]', 'attributes[1].key: expected a text, got 5'],
  [valued('{"arrayValue":{"values":5}}'), 'attributes[0].value.arrayValue.values: expected a list, got 5'],
  ['"startTimeUnixNano":"-1"', 'expected a whole number from 0 to 18446744073709551615, got "-1"'],
  ['"events":{}', 'events: expected a list, got {}'],
])('{%s}: …%s', (members, message) => {
  expect(() => span(members)).toThrow(message);
});

test.each([[null], [5], ['text'], [[]]])('%j is not OTLP', (value) => {
  expect(() => readTraces(value)).toThrow(OtlpFormatError);
});

test('20,000 values in each other are refused in a sentence', () => {
  const nested = `${'{"arrayValue":{"values":['.repeat(20_000)}{}${']}}'.repeat(20_000)}`;
  expect(() => span(valued(nested))).toThrow('nested deeper than 200');
});
