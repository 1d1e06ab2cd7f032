import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Lab, query, queryFor, queryTcp, sendUdp, startDns } from '../../../tests/support/dns/dns.ts';
import { childrenOf, recordSpans } from '../../../tests/support/otel.ts';

const recorded = recordSpans();
let lab: Lab;
beforeAll(async () => {
  lab = await startDns({ WAYBILL_DNS_TIMEOUT: '400', WAYBILL_DNS_TRIES: '2' });
});
afterAll(() => lab.close());
beforeEach(async () => {
  await fetch(`${lab.control}/faults`, { method: 'DELETE' });
  await fetch(`${lab.control}/flush`, { method: 'POST' });
  recorded.clear();
});

const setFaults = (faults: object) => fetch(`${lab.control}/faults`, { method: 'PUT', body: JSON.stringify(faults) });
const EDNS = { additionals: [{ type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options: [] }] as never };
const zoneQueries = () => recorded.all().filter(({ name }) => name.startsWith('ask'));
const cacheOf = () => recorded.named('resolve').map(({ attributes }) => attributes['waybill.dns.cache']);
/** Code and text of the Extended DNS Error in an answer. */
const reason = (answer: Awaited<ReturnType<typeof query>>) => {
  const [opt] = (answer.additionals ?? []) as unknown as { options: { code: number; data: Buffer }[] }[];
  const data = opt?.options.find(({ code }) => code === 15)?.data;
  return data && [data.readUInt16BE(0), data.subarray(2).toString()];
};

test('an alias is followed within its zone', async () => {
  const { answers } = await query(lab.port, 'www.tatis.test');
  expect(answers).toMatchObject([
    { name: 'www.tatis.test', type: 'CNAME', data: 'tatis.test' },
    { name: 'tatis.test', type: 'A', data: '203.0.113.10' },
  ]);
});

test('an alias into another zone is followed there', async () => {
  const { answers } = await query(lab.port, 'letters.tatis.test');
  expect(answers).toMatchObject([
    { type: 'CNAME', data: 'djangogirls.test' },
    { type: 'A', data: '203.0.113.20' },
  ]);
  expect(zoneQueries().map(({ name }) => name)).toEqual([
    'ask .',
    'ask test.',
    'ask tatis.test.',
    'ask test.',
    'ask djangogirls.test.',
  ]);
});

test('each RRset of an answer is cached', async () => {
  await query(lab.port, 'www.tatis.test');
  recorded.clear();
  await query(lab.port, 'tatis.test');
  expect(zoneQueries()).toEqual([]);
  expect(cacheOf()).toEqual(['hit']);
});

test('a type that the name does not have is NODATA, with the SOA record, and leaves other types alone', async () => {
  const none = await query(lab.port, 'tatis.test', { type: 'CNAME' });
  expect(none).toMatchObject({
    rcode: 'NOERROR',
    answers: [],
    authorities: [{ type: 'SOA', name: 'tatis.test', ttl: 60 }],
  });
  expect((await query(lab.port, 'tatis.test')).answers).toMatchObject([{ data: '203.0.113.10' }]);
});

test('nothing exists below a name that does not exist', async () => {
  await query(lab.port, 'nowhere.test');
  recorded.clear();
  expect((await query(lab.port, 'deep.below.nowhere.test')).rcode).toBe('NXDOMAIN');
  expect(zoneQueries()).toEqual([]);
});

test('an answer that is too long for a datagram is truncated, and complete over TCP, from the cache, too', async () => {
  const truncated = await query(lab.port, 'big.tatis.test', EDNS);
  expect(truncated).toMatchObject({ flag_tc: true, answers: [] });
  expect(zoneQueries().map(({ attributes }) => attributes['network.transport'])).toEqual(['udp', 'udp', 'udp', 'tcp']);
  const [whole] = await queryTcp(lab.port, [queryFor('big.tatis.test')]);
  expect(whole?.answers).toHaveLength(101);
  expect(cacheOf()).toEqual(['miss', 'hit']);
});

test('a datagram is never longer than the client accepts', async () => {
  for (const [options, max] of [
    [{}, 512],
    [EDNS, 1232],
  ] as const) {
    const bytes = await sendUdp(lab.port, queryFor('big.tatis.test', options));
    expect(bytes?.length).toBeLessThanOrEqual(max);
  }
});

test('a name server that is not in the address map is SERVFAIL, with an Extended DNS Error', async () => {
  const answer = await query(lab.port, 'silent.test', EDNS);
  expect(answer.rcode).toBe('SERVFAIL');
  expect(reason(answer)).toEqual([22, 'silent.test. 198.51.100.9: No route to the name server']);
  expect(recorded.named('resolve')[0]?.attributes['error.type']).toBe('EHOSTUNREACH');
});

test('a question that is being looked up is not looked up again; the second span links to the first', async () => {
  await setFaults({ 'dns.slow': 20 });
  await Promise.all([query(lab.port, 'tatis.test'), query(lab.port, 'tatis.test'), query(lab.port, 'tatis.test')]);
  expect(cacheOf().toSorted()).toEqual(['joined', 'joined', 'miss']);
  expect(zoneQueries()).toHaveLength(3);
  const first = recorded.named('resolve').find(({ attributes }) => attributes['waybill.dns.cache'] === 'miss');
  const joined = recorded.named('resolve').find(({ attributes }) => attributes['waybill.dns.cache'] === 'joined');
  expect(joined?.links[0]?.context.spanId).toBe(first?.spanContext().spanId);
});

test('without RD no name server is queried: the reply is a referral', async () => {
  const answer = await query(lab.port, 'tatis.test', { flags: 0 });
  expect(answer).toMatchObject({ rcode: 'NOERROR', answers: [], authorities: [{ type: 'NS', name: '.' }] });
  expect(zoneQueries()).toEqual([]);
});

test('a lost datagram is sent again, then the lookup fails', async () => {
  await setFaults({ 'dns.lost': 100 });
  const answer = await query(lab.port, 'tatis.test', EDNS);
  expect(answer.rcode).toBe('SERVFAIL');
  expect(reason(answer)).toEqual([22, 'tatis.test. 198.51.100.3: The name server did not answer']);
  const tried = zoneQueries().filter(({ name }) => name === 'ask tatis.test.');
  expect(tried.map(({ attributes }) => attributes['error.type'])).toEqual(['timeout', 'timeout']);
  expect(tried.flatMap((span) => childrenOf(span, recorded.all()))).toEqual([]);
});

test('a lame delegation is SERVFAIL without a retry', async () => {
  await setFaults({ 'dns.lame': true });
  expect((await query(lab.port, 'tatis.test')).rcode).toBe('SERVFAIL');
  expect(zoneQueries().at(-1)?.attributes).toMatchObject({
    'error.type': 'refused',
    'waybill.dns.response_code': 'REFUSED',
  });
});

test('an answer to another question is ignored', async () => {
  await setFaults({ 'dns.wrong': true });
  expect((await query(lab.port, 'tatis.test')).rcode).toBe('SERVFAIL');
  const last = zoneQueries().at(-1);
  expect(last?.attributes['error.type']).toBe('timeout');
  expect(last?.events.map(({ name }) => name)).toEqual(['answer ignored', 'exception']);
});

test('a record with TTL 0 is not cached', async () => {
  await setFaults({ 'dns.expired': true });
  await query(lab.port, 'tatis.test');
  await query(lab.port, 'tatis.test');
  expect(cacheOf()).toEqual(['miss', 'partial']);
});

describe('a query that names a private cache', () => {
  const using = (...names: string[]) => {
    const options = names.map((name) => ({ code: 65501, data: Buffer.from(name, 'hex') }));
    return { additionals: [{ type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options }] as never };
  };

  test('finds it empty, and fills it for the next one of that name alone', async () => {
    await query(lab.port, 'tatis.test');
    for (const options of [using('0a'), using('0a'), using('0b'), undefined])
      await query(lab.port, 'tatis.test', options);
    expect(cacheOf()).toEqual(['miss', 'miss', 'hit', 'miss', 'hit']);
  });

  test('a lookup serves queries of the same cache only', async () => {
    await setFaults({ 'dns.slow': 20 });
    await Promise.all([using('0c'), using('0d'), using('0c')].map((options) => query(lab.port, 'tatis.test', options)));
    expect(cacheOf().toSorted()).toEqual(['joined', 'miss', 'miss']);
  });

  test('uses the shared one for a name that is empty or too long', async () => {
    await query(lab.port, 'tatis.test');
    for (const name of ['', '00'.repeat(17)]) await query(lab.port, 'tatis.test', using(name));
    expect(cacheOf()).toEqual(['miss', 'hit', 'hit']);
  });

  test('of more than 100 the least recently used one is dropped', async () => {
    const names = Array.from({ length: 100 }, (_, at) => at.toString(16).padStart(4, '0'));
    for (const name of ['ffff', ...names, 'ffff']) await query(lab.port, 'tatis.test', using(name));
    expect(cacheOf().at(-1)).toBe('miss');
  });
});
