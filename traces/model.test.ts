import { SpanKind } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { parseTraceId, shownName, spansOf, type TracesData } from './model.ts';

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

test('what is absent is 0 or nothing, and there is always a name to show', () => {
  const ids = { traceId: '0AF7651916CD43DD8448EB211C80319C', spanId: 'B7AD6B7169203331' };
  const bare = {
    resourceSpans: [{ scopeSpans: [{ spans: [{ ...ids, events: [{}], links: [{}], attributes: [{}] }] }] }],
  };
  expect(spansOf(bare as TracesData)).toEqual([
    {
      traceId: ids.traceId.toLowerCase(),
      spanId: ids.spanId.toLowerCase(),
      parentSpanId: null,
      service: '',
      scope: '',
      name: '',
      kind: SpanKind.INTERNAL,
      start: 0,
      duration: 0,
      attributes: { '': null },
      resource: {},
      events: [{ name: '', time: 0, attributes: {} }],
      links: [{ traceId: '', spanId: '', attributes: {} }],
      status: 'unset',
      error: null,
    },
  ]);
  expect([shownName(''), shownName('GET')]).toEqual(['(no name)', 'GET']);
});

test('a parent of zeros is none', () => {
  const parents = ['0000000000000000', '', '00000000000000AA'].map((parentSpanId) => span({ parentSpanId }));
  expect(spansOf(data(...parents)).map(({ parentSpanId }) => parentSpanId)).toEqual([null, null, '00000000000000aa']);
});

test('a trace id is found however it is written', () => {
  const id = '0af7651916cd43dd8448eb211c80319c';
  expect(parseTraceId(id.toUpperCase())).toBe(id);
  expect(parseTraceId('8448EB211C80319C')).toBe('00000000000000008448eb211c80319c');
  expect(['', 'xyz', `${id}0`].map(parseTraceId)).toEqual([undefined, undefined, undefined]);
});

test('a trace without anything has no spans', () => {
  expect(spansOf({})).toEqual([]);
});
