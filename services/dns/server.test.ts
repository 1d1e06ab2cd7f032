import { trace } from '@opentelemetry/api';
import { decode } from 'dns-packet';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { encodeTraceOption } from '../../otel/propagation/dns.ts';
import { rcodeName, TRACE_OPTION } from '../../otel/propagation/dns-numbers.ts';
import { rcodeOf, readMessage } from '../../runtime/dns/message.ts';
import { type Answer, type Lab, query, queryFor, queryTcp, sendUdp, startDns } from '../../tests/support/dns/dns.ts';
import { childrenOf, recordSpans } from '../../tests/support/otel.ts';

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

/** The queries to name servers: span name and `waybill.dns.answer_kind`. */
const zoneQueries = () =>
  recorded.all().flatMap((span) => {
    const [answer] = childrenOf(span, recorded.all());
    return span.name.startsWith('ask') ? [`${span.name} ${answer?.attributes['waybill.dns.answer_kind']}`] : [];
  });

test('a name that is not cached is looked up from the root', async () => {
  const answer = await query(lab.port, 'tatis.test');
  expect(answer).toMatchObject({ rcode: 'NOERROR', flag_ra: true, flag_aa: false });
  expect(answer.answers).toMatchObject([{ name: 'tatis.test', type: 'A', ttl: 300, data: '203.0.113.10' }]);
  expect(zoneQueries()).toEqual(['ask . referral', 'ask test. referral', 'ask tatis.test. answer']);
  expect(recorded.named('resolve')[0]?.attributes).toMatchObject({
    'waybill.dns.cache': 'miss',
    'dns.answers': ['203.0.113.10'],
    'waybill.dns.ttl': 300,
  });
});

test('a cached name needs no query to a name server', async () => {
  await query(lab.port, 'tatis.test');
  recorded.clear();
  expect((await query(lab.port, 'TATIS.test')).answers).toMatchObject([{ data: '203.0.113.10' }]);
  expect(zoneQueries()).toEqual([]);
  expect(recorded.named('resolve')[0]?.attributes['waybill.dns.cache']).toBe('hit');
});

test('a cached delegation serves other names in its zone', async () => {
  await query(lab.port, 'tatis.test');
  recorded.clear();
  await query(lab.port, 'djangogirls.test');
  expect(zoneQueries()).toEqual(['ask test. referral', 'ask djangogirls.test. answer']);
  expect(recorded.named('resolve')[0]?.attributes['waybill.dns.cache']).toBe('partial');
});

test('a name that does not exist is NXDOMAIN, which is cached, too', async () => {
  expect((await query(lab.port, 'nowhere.test')).rcode).toBe('NXDOMAIN');
  expect(zoneQueries()).toEqual(['ask . referral', 'ask test. nxdomain']);
  recorded.clear();
  expect((await query(lab.port, 'nowhere.test')).rcode).toBe('NXDOMAIN');
  expect(zoneQueries()).toEqual([]);
});

test("the client's span is the parent of resolve", async () => {
  const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
  const options = [{ code: TRACE_OPTION, data: encodeTraceOption(spanContext) }];
  const additionals = [{ type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options }] as never;
  await query(lab.port, 'tatis.test', { additionals });
  const [resolve] = recorded.named('resolve');
  expect(resolve?.parentSpanContext?.spanId).toBe(spanContext.spanId);
  expect(new Set(recorded.all().map((span) => span.spanContext().traceId))).toEqual(new Set([spanContext.traceId]));
  expect(trace.getActiveSpan()).toBeUndefined();
});

test('several queries are answered on one connection', async () => {
  const answers = await queryTcp(lab.port, [
    queryFor('tatis.test', { id: 1 }),
    queryFor('nowhere.test', { id: 2 }),
    queryFor('djangogirls.test', { id: 3 }),
  ]);
  const codes = Object.fromEntries(answers.map(({ id, rcode }) => [id, rcode]));
  expect(codes).toEqual({ 1: 'NOERROR', 2: 'NXDOMAIN', 3: 'NOERROR' });
});

test('a query in progress is answered before the service ends', async () => {
  const other = await startDns();
  await fetch(`${other.control}/faults`, { method: 'PUT', body: '{"dns.slow": 100}' });
  const answer = query(other.port, 'tatis.test');
  while (recorded.named('ask test.').length === 0) await new Promise((resolve) => setImmediate(resolve));
  await other.close();
  expect((await answer).answers).toMatchObject([{ data: '203.0.113.10' }]);
  expect(recorded.named('resolve')).toHaveLength(1);
});

test.each([
  ['shorter than a header', Buffer.alloc(11)],
  ['a reply', Buffer.from(queryFor('tatis.test').map((byte, at) => (at === 2 ? byte | 0x80 : byte)))],
])('%s gets no reply', async (_, bytes) => {
  expect(await sendUdp(lab.port, bytes, 100)).toBeUndefined();
});

const NAME = '05746174697304746573740000010001';
const OPT = '00002904d0000000000000';
/** A header with the flags and the four counts, then the rest; in hex. */
const message = (flags: string, counts: string, rest: string) => Buffer.from(`1234${flags}${counts}${rest}`, 'hex');

/** A refusal has the query's question and OPT, as far as they can be parsed, and RA. As unbound 1.17 does. */
test.each([
  ['a header without its question', message('0100', '0001000000000000', ''), 'FORMERR', 0, 0],
  ['a header alone', message('0100', '0000000000000000', ''), 'FORMERR', 0, 0],
  ['OPT alone', message('0100', '0000000000000001', OPT), 'FORMERR', 0, 1],
  ['two questions', message('0100', '0002000000000001', NAME + NAME + OPT), 'FORMERR', 0, 1],
  ['a name that is cut', message('0100', '0001000000000000', '056162'), 'FORMERR', 0, 0],
  ['a label of 64', message('0100', '0001000000000000', `40${'61'.repeat(64)}0000010001`), 'FORMERR', 0, 0],
  [
    'a name of 256',
    message('0100', '0001000000000000', `${`3e${'61'.repeat(62)}`.repeat(4)}0261610000010001`),
    'FORMERR',
    0,
    0,
  ],
  ['a pointer as question', message('0100', '0001000000000000', 'c00c00010001'), 'FORMERR', 0, 0],
  ['a pointer behind labels', message('0100', '0001000000000000', '0161c00000010001'), 'FORMERR', 0, 0],
  ['trailing bytes', message('0100', '0001000000000001', `${NAME}${OPT}00`), 'FORMERR', 1, 1],
  [
    'a record in the answer section',
    message('0100', '0001000100000000', `${NAME}c00c00010001000000010004c0000201`),
    'FORMERR',
    1,
    0,
  ],
  ['two OPT', message('0100', '0001000000000002', NAME + OPT + OPT), 'FORMERR', 1, 1],
  ['OPT with a name', message('0100', '0001000000000001', `${NAME}0161${OPT}`), 'FORMERR', 1, 1],
  ['a cut option', message('0100', '0001000000000001', `${NAME}00002904d000000000000500010005aa`), 'FORMERR', 1, 1],
  ['EDNS version 1', message('0100', '0001000000000001', `${NAME}00002904d000010000000100`), 'BADVERS', 1, 1],
  ['NOTIFY', message('2100', '0001000000000001', NAME + OPT), 'NOTIMP', 1, 1],
  ['UPDATE', message('2800', '0001000000000000', NAME), 'NOTIMP', 1, 0],
  ['an unknown opcode', message('7800', '0001000000000001', NAME + OPT), 'NOTIMP', 1, 1],
  ['class CH', message('0100', '0001000000000001', `${NAME.slice(0, -4)}0003${OPT}`), 'REFUSED', 1, 1],
  ['AXFR', message('0100', '0001000000000001', `${NAME.slice(0, -8)}00fc0001${OPT}`), 'REFUSED', 1, 1],
])(
  '%s is refused with %s, with the question and OPT as far as they could be parsed',
  async (_, bytes, rcode, questions, opts) => {
    for (const [port, available] of [
      [lab.port, 0x80],
      [lab.nameServers[2] as number, 0],
    ] as const) {
      const reply = (await sendUdp(port, bytes)) as Buffer;
      expect(reply.readUInt16BE(0)).toBe(0x1234);
      expect((reply[2] as number) & 0x78).toBe((bytes[2] as number) & 0x78); // the opcode
      expect((reply[3] as number) & 0x80).toBe(available);
      expect(decode(reply).questions).toHaveLength(questions);
      const { additionals } = readMessage(reply);
      expect(additionals.map(({ type }) => type)).toEqual(opts === 1 ? [41] : []);
      const extended = (additionals[0]?.ttl ?? 0) >>> 24;
      expect(rcodeName((extended << 4) | rcodeOf(reply))).toBe(rcode);
      if (questions === 1) expect(reply.subarray(12, 28)).toEqual(bytes.subarray(12, 28));
    }
  },
);

test.each([
  ['class ANY', `${NAME.slice(0, -4)}00ff`, 1],
  ['type 0', `${NAME.slice(0, -8)}00000001`, 0],
])('%s is answered without an error, as NSD 4.6 and unbound 1.17 do', async (_, question, answers) => {
  for (const port of [lab.port, lab.nameServers[2] as number]) {
    const reply = decode((await sendUdp(port, message('0100', '0001000000000000', question))) as Buffer) as Answer;
    expect({ rcode: reply.rcode, answers: reply.answers?.length }).toEqual({ rcode: 'NOERROR', answers });
  }
});

test('an answer to class ANY is not authoritative (RFC 1035, 6.2)', async () => {
  const bytes = message('0100', '0001000000000000', `${NAME.slice(0, -4)}00ff`);
  expect(decode((await sendUdp(lab.nameServers[2] as number, bytes)) as Buffer).flag_aa).toBe(false);
});
