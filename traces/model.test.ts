import { SpanKind } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { spansOf, type TracesData } from './model.ts';

const span = (changes: object) => ({
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  name: 'GET',
  kind: 2,
  startTimeUnixNano: '1795249786991746826',
  endTimeUnixNano: '1795249786992836670',
  ...changes,
});
const data = (...spans: object[]) =>
  ({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'proxy' } }] },
        scopeSpans: [{ scope: { name: 'waybill' }, spans }],
      },
    ],
  }) as TracesData;

test('reads times to the microsecond, and kinds as the API counts them', () => {
  expect(spansOf(data(span({})))).toMatchObject(
    [
      {
        service: 'proxy',
        scope: 'waybill',
        kind: SpanKind.SERVER,
        parentSpanId: null,
        start: 1795249786991.746,
        duration: 1.09,
      },
    ].map(({ duration, ...rest }) => ({ ...rest, duration: expect.closeTo(duration, 2) })),
  );
});

test('reads every type of attribute, and an integer too large for a number exactly', () => {
  const attributes = [
    { key: 'text', value: { stringValue: 'a' } },
    { key: 'yes', value: { boolValue: true } },
    { key: 'whole', value: { intValue: '7' } },
    { key: 'large', value: { intValue: '9223372036854775807' } },
    { key: 'half', value: { doubleValue: 0.5 } },
    { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '1' }] } } },
    { key: 'none', value: { arrayValue: {} } },
    { key: 'map', value: { kvlistValue: { values: [{ key: 'a', value: { boolValue: false } }] } } },
    { key: 'empty' },
  ];
  expect(spansOf(data(span({ attributes })))[0]?.attributes).toEqual({
    text: 'a',
    yes: true,
    whole: 7,
    large: '9223372036854775807',
    half: 0.5,
    list: ['a', 1],
    none: [],
    map: { a: false },
    empty: null,
  });
});

test("leaves out what Jaeger adds to a span's attributes", () => {
  const attributes = [{ key: '@jaeger@warnings', value: { arrayValue: { values: [{ stringValue: 'clock skew' }] } } }];
  expect(spansOf(data(span({ attributes })))[0]?.attributes).toEqual({});
});

test('a failed span has its message, another has none', () => {
  const codes = [{}, { status: { code: 1 } }, { status: { code: 2 } }, { status: { code: 2, message: 'lost' } }];
  expect(spansOf(data(...codes.map(span))).map(({ error }) => error)).toEqual([null, null, '', 'lost']);
});

test('a trace without anything has no spans', () => {
  expect(spansOf({})).toEqual([]);
});
