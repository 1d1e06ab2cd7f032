// Traces of real programs that are whole, and one that is broken in each way, made by hand.

import { readFileSync } from 'node:fs';
import { SpanKind } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import { BEGAN, http, shopTrace, span } from '../../tests/support/traces/diagnosis.ts';
import { spansOf, type TraceSpan, type TracesData } from '../model.ts';
import { behindTheLab } from '../testdata/recorded.ts';
import { diagnose } from './diagnose.ts';
import { joined, withClocksSet } from './mend.ts';
import { type Neighbours, outlineOf } from './outline.ts';

const { CLIENT, CONSUMER, PRODUCER, SERVER } = SpanKind;
const OTHER = 'b'.repeat(32);
const kindsOf = (spans: TraceSpan[], neighbours?: Neighbours) => diagnose(spans, neighbours).map(({ kind }) => kind);
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const journeys = JSON.parse(read('bench/tools/journeys.json')) as Record<string, TracesData['resourceSpans']>;
const journey = (name: string) => spansOf({ resourceSpans: journeys[name] as never });
const jaegerAnswer = (name: string) => {
  const [, body = ''] = read(`services/store/testdata/answers/${name}.txt`).split(/\r?\n\r?\n/);
  return [
    ...Map.groupBy(spansOf((JSON.parse(body) as { result: TracesData }).result), ({ traceId }) => traceId).values(),
  ];
};

describe('nothing is found in a trace that is whole', () => {
  test.each(['static', 'dynamic'])('of the lab: %s', (name) => {
    const spans = journey(name);
    const outline = outlineOf(spans);
    expect(diagnose(spans, { near: [outline], alike: [outline, outlineOf(journey('dynamic'))] })).toEqual([]);
  });

  test("of the learner's own app, which sends no spans", () => {
    expect(diagnose(behindTheLab([]).nodes.map(({ span }) => span))).toEqual([]);
  });

  test.each(['trace', 'search-missing-service'])('of HotROD and of Django, as Jaeger returns them: %s', (name) => {
    const traces = jaegerAnswer(name);
    const alike = traces.map(outlineOf);
    expect(traces.flatMap((spans) => diagnose(spans, { near: alike, alike }))).toEqual([]);
  });

  test('of a shop', () => {
    expect(diagnose(shopTrace())).toEqual([]);
  });

  test('of work that is handed over by a message, minutes later', () => {
    const sent = span('2', '1', { kind: PRODUCER, name: 'send mail', start: 2, duration: 1 });
    const later = span('3', '2', { service: 'mailer', kind: CONSUMER, name: 'process mail', start: 120_000 });
    const below = span('4', '3', { service: 'mailer', start: 120_001, duration: 5 });
    expect(diagnose([span('1', null, { kind: SERVER }), sent, later, below])).toEqual([]);
  });

  test('of a message that is still under way', () => {
    const sent = span('2', '1', { kind: PRODUCER, name: 'send mail' });
    const alike = [0, 1].map(() => outlineOf([sent, span('3', '2', { service: 'mailer', kind: CONSUMER })]));
    expect(diagnose([span('1', null), sent], { near: [], alike })).toEqual([]);
  });

  test('of a request that a program outside began', () => {
    expect(diagnose([span('1', 'outside', { kind: SERVER, flags: 0x301 })])).toEqual([]);
  });

  test('of a server that goes on after its client gave up', () => {
    const [root, client, server] = shopTrace({ duration: 500 }) as [TraceSpan, TraceSpan, TraceSpan];
    const gaveUp: TraceSpan = { ...client, attributes: { 'error.type': 'timeout' }, status: 'error', error: '' };
    expect(diagnose([root, gaveUp, server])).toEqual([]);
  });

  test('without a span', () => {
    expect(diagnose([])).toEqual([]);
  });
});

describe('the context was not passed on', () => {
  const [root, call, answer] = shopTrace() as [TraceSpan, TraceSpan, TraceSpan];
  const first = [root, call];
  const second = (changes: Partial<TraceSpan> = {}) => [
    { ...answer, traceId: OTHER, parentSpanId: null, start: BEGAN + 14, ...changes },
  ];

  test('is said where the first trace ends', () => {
    const [found] = diagnose(first, { near: [outlineOf(second())], alike: [] });
    expect(found).toMatchObject({
      kind: 'context-lost',
      hop: 'shop → stock',
      since: BEGAN + 10,
      other: { traceId: OTHER, call: '2', answer: '3' },
      message: `The trace ends at the call shop GET; 4 ms later trace ${OTHER} begins at stock with no parent: the context was not passed on.`,
    });
  });

  test('is said where the second trace begins', () => {
    const [found] = diagnose(second(), { near: [outlineOf(first)], alike: [] });
    expect(found?.message).toBe(
      `The trace begins at stock GET /items with no parent; 4 ms earlier trace ${'a'.repeat(32)} ends at the call shop GET: the context was not passed on.`,
    );
  });

  test.each([
    ['traceparent: 00-xyz-01', 'stock received the malformed header traceparent: 00-xyz-01.'],
    [
      `b3: ${'a'.repeat(32)}-${'2'.repeat(16)}-1`,
      "stock received only b3, the context in Zipkin's format B3, and no traceparent.",
    ],
    ['accept: */*', 'stock received no traceparent.'],
    [
      `traceparent: 00-${'a'.repeat(32)}-${'2'.repeat(16)}-01`,
      'stock received traceparent with the id of the first trace, and began a trace of its own.',
    ],
  ])('and what arrived is read from the headers: %s', (header, sentence) => {
    const attributes = { ...http('/items'), 'waybill.http.request.head': `GET /items HTTP/1.1\r\n${header}\r\n` };
    const [found] = diagnose(first, { near: [outlineOf(second({ attributes }))], alike: [] });
    expect(found?.message).toContain(sentence);
  });

  test.each([
    ['dns', 'visitor', 'dns received its question with the EDNS0 option 65500.', 'ffdc001b', 'ffdc001a'],
    ['router', 'visitor', 'visitor sent its PROXY header with the field E0.', 'e0001b', 'e0001a'],
  ])(
    'between %s and %s of the lab, and what arrived is read from the bytes',
    (service, caller, sentence, has, hasNot) => {
      const cut = (spans: TraceSpan[]) => {
        const behind = spans.filter((each) => each.service === service);
        const own = new Set(behind.map(({ spanId }) => spanId));
        const other = behind.map((each) => ({
          ...each,
          traceId: OTHER,
          parentSpanId: own.has(each.parentSpanId ?? '') ? each.parentSpanId : null,
        }));
        const [found] = diagnose(
          spans.filter((each) => each.service !== service),
          { near: [outlineOf(other)], alike: [] },
        );
        return found;
      };
      const header = { 'waybill.route': 'routers', 'waybill.proxy_header': '0de0001b00' };
      const spans = journey('dynamic').map((each) =>
        each.name === 'connect' ? { ...each, attributes: header } : each,
      );
      expect(cut(spans)).toMatchObject({
        kind: 'context-lost',
        hop: expect.stringContaining(`${caller} → ${service}`),
      });
      expect(cut(spans)?.message).toContain(sentence);
      const stripped = JSON.parse(JSON.stringify(spans).replaceAll(has, hasNot)) as TraceSpan[];
      expect(cut(stripped)?.message).toContain(sentence.replace('with ', 'without '));
    },
  );

  test.each([
    ['another path', { attributes: http('/other') }],
    ['a second later', { start: BEGAN + 1200 }],
    ['before the call', { start: BEGAN - 100 }],
    ['not a server', { kind: SpanKind.INTERNAL }],
    ['one that links to it', { links: [{ traceId: 'a'.repeat(32), spanId: '2', attributes: {} }] }],
  ])('another trace is not an answer: %s', (_, changes) => {
    expect(diagnose(first, { near: [outlineOf(second(changes))], alike: [] })).toEqual([]);
  });

  test('between the proxy and the gateway of the lab', () => {
    const spans = journey('dynamic');
    const server = spans.find(({ service, kind }) => service === 'gateway' && kind === SERVER) as TraceSpan;
    const below = new Set(['gateway', 'app']);
    const behind = spans
      .filter(({ service }) => below.has(service))
      .map((each) => ({ ...each, traceId: OTHER, parentSpanId: each === server ? null : each.parentSpanId }));
    const before = spans.filter(({ service }) => !below.has(service));
    expect(diagnose(before, { near: [outlineOf(behind)], alike: [] })).toMatchObject([
      { kind: 'context-lost', hop: 'proxy → gateway' },
    ]);
  });
});

describe('the spans of a service did not arrive', () => {
  test.each([
    ['visitor', 'orphans'],
    ['dns', 'missing-service'],
    ['router', 'missing-service'],
    ['proxy', 'missing-service'],
    ['gateway', 'missing-service'],
    ['app', 'missing-service'],
  ])('%s, in the lab', (service, kind) => {
    const spans = journey('dynamic').filter((each) => each.service !== service);
    expect(diagnose(spans)).toMatchObject([{ kind, hop: service }]);
  });

  test('of a program that other traces of the route have', () => {
    const alike = [outlineOf(shopTrace()), outlineOf(shopTrace({ start: BEGAN + 5000 }))];
    expect(diagnose(shopTrace().slice(0, 2), { near: [], alike })).toMatchObject([
      {
        kind: 'missing-service',
        hop: 'stock',
        message: expect.stringContaining('2 of 2 other traces of this route have spans of stock'),
      },
    ]);
  });

  test('is not said of one whose own trace links to the call', () => {
    const [root, call, answer] = shopTrace() as [TraceSpan, TraceSpan, TraceSpan];
    const alike = [outlineOf(shopTrace()), outlineOf(shopTrace())];
    const links = [{ traceId: call.traceId, spanId: call.spanId, attributes: {} }];
    const near = [outlineOf([{ ...answer, traceId: OTHER, parentSpanId: null, links }])];
    expect(diagnose([root, call], { near, alike })).toEqual([]);
  });

  test('is not said of a call that failed', () => {
    const [root, call] = shopTrace() as [TraceSpan, TraceSpan];
    const failed: TraceSpan = { ...call, attributes: {}, status: 'error', error: 'refused' };
    const alike = [outlineOf(shopTrace()), outlineOf(shopTrace())];
    expect(diagnose([root, failed], { near: [], alike })).toEqual([]);
  });
});

describe('orphans', () => {
  test('of a span that was never ended, in the same process', () => {
    const [root, , answer] = shopTrace() as [TraceSpan, TraceSpan, TraceSpan];
    const inner = span('5', '4', { service: 'stock', flags: 0x101, start: 20 });
    expect(diagnose([root, { ...answer, parentSpanId: '1' }, inner])).toMatchObject([
      {
        kind: 'orphans',
        hop: 'stock',
        message: 'The span stock work names a parent that is not in the trace: a span of stock did not arrive.',
      },
    ]);
  });

  test('of a caller that is not sampled', () => {
    const attributes = {
      ...http('/items'),
      'http.request.header.traceparent': [`00-${'a'.repeat(32)}-${'9'.repeat(16)}-00`],
    };
    expect(diagnose([span('3', '9999', { service: 'stock', kind: SERVER, attributes })])).toMatchObject([
      { kind: 'orphans', repair: expect.stringContaining('ParentBased') },
    ]);
  });
});

test('several roots', () => {
  expect(diagnose([span('1', null), span('2', null, { service: 'stock' })])).toMatchObject([
    {
      kind: 'several-roots',
      hop: 'shop, stock',
      message: '2 spans (shop work, stock work) have no parent; a trace has one root.',
    },
  ]);
});

describe('clocks', () => {
  test('a server that begins before its client: behind, within the bound of the pair', () => {
    const [found] = diagnose(shopTrace({ start: 12 - 500 }));
    expect(found).toMatchObject({
      kind: 'clock-skew',
      hop: 'stock',
      message:
        "The clock of stock is 500 ms behind (between 498 ms and 502 ms). stock GET /items begins 498 ms before shop GET, which called it; a server's span lies within its client's.",
    });
  });

  test('a server that begins after its client has ended: ahead', () => {
    expect(diagnose(shopTrace({ start: 12 + 300 }))).toMatchObject([
      {
        kind: 'clock-skew',
        hop: 'stock',
        message: expect.stringContaining('is 300 ms ahead (between 298 ms and 302 ms)'),
      },
    ]);
  });

  test.each(
    ['visitor', 'dns', 'router', 'proxy', 'gateway', 'app'].flatMap(
      (service) =>
        [
          [service, -400],
          [service, 400],
        ] as const,
    ),
  )('of the lab, where only %s is wrong by %i ms', (service, by) => {
    const spans = journey('dynamic').map((each) =>
      each.service === service ? { ...each, start: each.start + by } : each,
    );
    const found = diagnose(spans.sort((a, b) => a.start - b.start));
    expect(found.map(({ kind, hop }) => [kind, hop.split(' ')[0]])).toEqual([['clock-skew', service]]);
  });

  test('a difference within what a busy machine explains is not reported', () => {
    expect(diagnose(shopTrace({ start: -5 }))).toEqual([]);
  });

  test('a server may end after its client where both end by themselves, as in a handshake', () => {
    const [, call] = shopTrace() as [TraceSpan, TraceSpan, TraceSpan];
    const client = { ...call, parentSpanId: null, attributes: {} };
    const server = span('3', '2', { service: 'stock', kind: SERVER, start: 90, duration: 80 });
    expect(diagnose([client, server])).toEqual([]);
  });

  test('a clock that drifts over the traces of a route', () => {
    const at = (seconds: number, by: number) =>
      shopTrace({ start: 12 + by }).map((each) => ({ ...each, start: each.start + seconds * 1000 }));
    const alike = [0, 10, 20].map((seconds) => outlineOf(at(seconds, 100 + seconds * 10)));
    expect(diagnose(at(30, 400), { near: [], alike })).toMatchObject([
      { kind: 'clock-skew', hop: 'stock', since: BEGAN + 10 - 10 },
      { kind: 'clock-drift', hop: 'stock', message: expect.stringContaining('drifts by 10 ms a second against shop') },
    ]);
  });
});

test('a wrong clock is set right, and parts that were two are one', () => {
  const whole = shopTrace();
  const skewed = shopTrace({ start: 12 - 500 });
  const shifts = diagnose(skewed).flatMap(({ clock }) => clock ?? []);
  expect(withClocksSet(skewed, shifts)).toEqual(whole);
  const [root, call, answer] = whole as [TraceSpan, TraceSpan, TraceSpan];
  const other = { ...answer, traceId: OTHER, parentSpanId: null };
  expect(joined([root, call], [other], { traceId: OTHER, call: '2', answer: '3' })).toEqual(whole);
});

test('work that begins long after its parent has ended', () => {
  expect(diagnose([span('1', null), span('2', '1', { start: 5000 })])).toMatchObject([
    {
      kind: 'ended-parents',
      hop: 'shop',
      message: 'The span shop work begins 4990 ms after the end of the parent: it did not wait for this work.',
    },
  ]);
});

test('a time in which no span is open', () => {
  expect(diagnose([span('1', null), span('2', '1', { start: 400 })])).toMatchObject([
    {
      kind: 'gaps',
      since: BEGAN + 10,
      message: 'No span is open for 390 ms, between the end of shop work and the start of shop work.',
    },
  ]);
});

test('a span that was delivered twice, and two that share an id', () => {
  const [root, other] = [span('1', null), span('1', null, { name: 'other', start: 2 })];
  expect(diagnose([root, span('2', '1'), span('2', '1')])).toMatchObject([
    { kind: 'duplicates', message: 'The span shop work of shop arrived twice.' },
  ]);
  expect(diagnose([root, other]).at(-1)).toMatchObject({
    kind: 'duplicates',
    message: 'The span shop other of shop has the id of another span.',
  });
});

test("a server with its client's id, as Zipkin's are, is not a duplicate", () => {
  const [root, client, server] = shopTrace({ spanId: '2', parentSpanId: '1' }) as [TraceSpan, TraceSpan, TraceSpan];
  expect(kindsOf([root, client, server])).toEqual([]);
});

test('spans with the sampled flag 0; not those of exporters that do not send it', () => {
  expect(kindsOf([span('1', null, { flags: 0x100 })])).toEqual(['not-sampled']);
  expect(kindsOf([span('1', null, { flags: 0x101 })])).toEqual([]);
  expect(kindsOf([span('1', null)])).toEqual([]);
  expect(kindsOf([span('1', null, { flags: 0x100, resource: { 'telemetry.sdk.language': 'python' } })])).toEqual([]);
});

test.each(['unknown_service', 'unknown_service:node', ''])('a process without a name: "%s"', (service) => {
  expect(diagnose([span('1', null, { service, resource: { 'process.pid': 7 } })])).toMatchObject([
    { kind: 'unknown-service', message: expect.stringContaining('(process.pid 7)') },
  ]);
});

describe('names with ids', () => {
  test.each([
    'get_user/314159',
    'GET /jobs/1/',
    'order 4bf92f3577b34da6a3ce929d0e0e4736',
    'cart 123e4567-e89b-12d3-a456-426614174000',
    'mail ola@example.org',
    'job 20000',
  ])('%s', (name) => {
    expect(kindsOf([span('1', null, { name })])).toEqual(['span-names']);
  });

  test.each([
    'GET /jobs/<int:pk>/',
    'GET /v1/items',
    'ask tatis.test.',
    'SQL SELECT',
    'HTTP/1.1 200',
    'app-1',
    'decade feedbeefdecade',
  ])('not %s', (name) => {
    expect(kindsOf([span('1', null, { name })])).toEqual([]);
  });

  test('more than ten names that differ in figures only', () => {
    const spans = Array.from({ length: 12 }, (_, at) => span(`s${at}`, at === 0 ? null : 's0', { name: `user-${at}` }));
    expect(diagnose(spans)).toMatchObject([{ kind: 'span-names', spanCount: 12 }]);
  });
});

describe('a status that is not set', () => {
  test.each([
    [SERVER, http('/', 500), 1],
    [SERVER, http('/', 404), 0],
    [CLIENT, http('/', 404), 1],
    [CLIENT, http('/', 302), 0],
    [SpanKind.INTERNAL, { 'error.type': 'timeout' }, 1],
    [SpanKind.INTERNAL, http('/', 503), 0],
  ])('kind %i with %o', (kind, attributes, count) => {
    expect(diagnose([span('1', null, { kind, attributes })])).toHaveLength(count);
    expect(diagnose([span('1', null, { kind, attributes, status: 'error', error: '' })])).toEqual([]);
  });
});

describe('limits', () => {
  test('what an SDK left out', () => {
    const dropped = { attributes: 2, events: 0, links: 1 };
    expect(diagnose([span('1', null, { dropped })])).toMatchObject([
      { kind: 'limits', message: "The limits of shop's SDK left out 2 attributes, 1 link of the span shop work." },
    ]);
  });

  test('texts that end at the same length', () => {
    const attributes = { a: 'x y '.repeat(8), b: 'one two '.repeat(4), c: 'a, b and'.repeat(4), short: 'x' };
    expect(diagnose([span('1', null, { attributes })])).toMatchObject([
      {
        kind: 'limits',
        message: 'The values of a, b, c of shop end after 32 characters, and no value is longer: they were cut.',
      },
    ]);
    expect(diagnose([span('1', null, { attributes: { ...attributes, long: 'a longer one '.repeat(3) } })])).toEqual([]);
  });

  test('a head that is shorter than those of other requests is whole if it has its last line', () => {
    const trace = (cookie: string, end = 200) => {
      const headOf = (id: string) => `GET / HTTP/1.1\r\ntraceparent: ${id}\r\ncookie: ${cookie}\r\n\r\n`.slice(0, end);
      const withHead = (id: string) => ({ attributes: { 'waybill.http.request.head': headOf(id) } });
      return [span('1', null, withHead('00-1')), span('2', '1', withHead('00-2'))];
    };
    const neighbours = { near: [], alike: [1, 2].map(() => outlineOf(trace('a much longer one'))) };
    expect(diagnose(trace('a'), neighbours)).toEqual([]);
    expect(diagnose(trace('a', 40), neighbours)).toMatchObject([{ kind: 'limits', hop: 'shop' }]);
  });
});

test('the cost of a span does not grow with the number of spans', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      span(`s${at}`, `lost${at}`, { service: `service ${at % 1000}`, kind: CLIENT, flags: 0x301 }),
    );
  const cost = (count: number) => {
    const spans = many(count);
    let reads = 0;
    const counted = spans.map(
      (each) =>
        new Proxy(each, {
          get: (target, name) => {
            reads++;
            return Reflect.get(target, name);
          },
        }),
    );
    diagnose(counted);
    return reads / count;
  };
  expect(cost(4000)).toBeLessThan(1.5 * cost(400));
});
