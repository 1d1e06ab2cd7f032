import { trace } from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { encodeTraceOption, TRACE_OPTION } from '../../otel/propagation/dns.ts';
import { childrenOf, recordSpans } from '../../otel/testing.ts';
import { ask, askTcp, type Lab, queryFor, sendUdp, startDns } from './testing.ts';

const recorded = recordSpans();
let lab: Lab;
beforeAll(async () => {
  lab = await startDns();
});
afterAll(() => lab.close());
beforeEach(async () => {
  await fetch(`${lab.control}/flush`, { method: 'POST' });
  recorded.clear();
});

/** The names and `waybill.dns.answer_kind` of what was asked on the way. */
const asked = () =>
  recorded.all().flatMap((span) => {
    const [answer] = childrenOf(span, recorded.all());
    return span.name.startsWith('ask') ? [`${span.name} ${answer?.attributes['waybill.dns.answer_kind']}`] : [];
  });

test('a name that is not remembered is asked for from the root down', async () => {
  const answer = await ask(lab.port, 'tatis.test');
  expect(answer).toMatchObject({ rcode: 'NOERROR', flag_ra: true, flag_aa: false });
  expect(answer.answers).toMatchObject([{ name: 'tatis.test', type: 'A', ttl: 300, data: '203.0.113.10' }]);
  expect(asked()).toEqual(['ask . referral', 'ask test. referral', 'ask tatis.test. answer']);
  expect(recorded.named('resolve')[0]?.attributes).toMatchObject({
    'waybill.dns.cache': 'miss',
    'dns.answers': ['203.0.113.10'],
    'waybill.dns.ttl': 300,
  });
});

test('a name that is remembered is asked of nobody', async () => {
  await ask(lab.port, 'tatis.test');
  recorded.clear();
  expect((await ask(lab.port, 'TATIS.test')).answers).toMatchObject([{ data: '203.0.113.10' }]);
  expect(asked()).toEqual([]);
  expect(recorded.named('resolve')[0]?.attributes['waybill.dns.cache']).toBe('hit');
});

test('the domain above is remembered for its other names', async () => {
  await ask(lab.port, 'tatis.test');
  recorded.clear();
  await ask(lab.port, 'djangogirls.test');
  expect(asked()).toEqual(['ask test. referral', 'ask djangogirls.test. answer']);
  expect(recorded.named('resolve')[0]?.attributes['waybill.dns.cache']).toBe('partial');
});

test('a name that nobody has is NXDOMAIN, and that is remembered too', async () => {
  expect((await ask(lab.port, 'nowhere.test')).rcode).toBe('NXDOMAIN');
  expect(asked()).toEqual(['ask . referral', 'ask test. nxdomain']);
  recorded.clear();
  expect((await ask(lab.port, 'nowhere.test')).rcode).toBe('NXDOMAIN');
  expect(asked()).toEqual([]);
});

test("the client's span is the parent", async () => {
  const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
  const options = [{ code: TRACE_OPTION, data: encodeTraceOption(spanContext) }];
  const additionals = [{ type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options }] as never;
  await ask(lab.port, 'tatis.test', { additionals });
  const [resolve] = recorded.named('resolve');
  expect(resolve?.parentSpanContext?.spanId).toBe(spanContext.spanId);
  expect(new Set(recorded.all().map((span) => span.spanContext().traceId))).toEqual(new Set([spanContext.traceId]));
  expect(trace.getActiveSpan()).toBeUndefined();
});

test('several questions are answered on one connection', async () => {
  const answers = await askTcp(lab.port, [
    queryFor('tatis.test', { id: 1 }),
    queryFor('nowhere.test', { id: 2 }),
    queryFor('djangogirls.test', { id: 3 }),
  ]);
  const codes = Object.fromEntries(answers.map(({ id, rcode }) => [id, rcode]));
  expect(codes).toEqual({ 1: 'NOERROR', 2: 'NXDOMAIN', 3: 'NOERROR' });
});

test('a question in hand is answered before the end', async () => {
  const other = await startDns();
  await fetch(`${other.control}/faults`, { method: 'PUT', body: '{"slow": {"tatis.test.": 100}}' });
  const answer = ask(other.port, 'tatis.test');
  while (recorded.named('ask test.').length === 0) await new Promise((resolve) => setImmediate(resolve));
  await other.close();
  expect((await answer).answers).toMatchObject([{ data: '203.0.113.10' }]);
  expect(recorded.named('resolve')).toHaveLength(1);
});

test.each([
  ['less than a header', Buffer.alloc(11)],
  ['an answer', Buffer.from(queryFor('tatis.test').map((byte, at) => (at === 2 ? byte | 0x80 : byte)))],
])('%s gets no answer', async (_, bytes) => {
  expect(await sendUdp(lab.port, bytes, 100)).toBeUndefined();
});

test.each([
  ['a header that promises a question', Buffer.from('123401000001000000000000', 'hex')],
  ['a header alone', Buffer.from('123401000000000000000000', 'hex')],
  ['a name that never ends', Buffer.concat([Buffer.from('12340100000100000000000005', 'hex'), Buffer.from('ab')])],
  ['bytes behind the end', Buffer.concat([queryFor('tatis.test'), Buffer.from('garbage')])],
])('%s gets FORMERR', async (_, bytes) => {
  const answer = await sendUdp(lab.port, bytes);
  expect((answer?.[3] ?? 0) & 0x0f).toBe(1);
  expect(answer?.readUInt16BE(0)).toBe(bytes.readUInt16BE(0));
});

test('another operation gets NOTIMP', async () => {
  const notify = queryFor('tatis.test', { flags: 4 << 11 });
  expect(((await sendUdp(lab.port, notify))?.[3] ?? 0) & 0x0f).toBe(4);
});
