import { decode, encode } from 'dns-packet';
import { expect, test } from 'vitest';
import { queryFor } from '../../../tests/support/dns/dns.ts';
import { DnsFailure } from '../errors.ts';
import { Cache } from './cache.ts';
import { Lookup } from './lookup.ts';
import { Resolver } from './resolver.ts';
import { type Response, readResponse } from './response.ts';

const record = (ttl: number) => ({ name: 'a.test.', type: 'A', ttl, data: '192.0.2.1' });
const soa = { mname: 'ns.test.', rname: 'h.test.', serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 60 };

/** A resolver with a manual clock, whose name servers are `respond`. */
function resolverWith(respond: () => Response) {
  const state = { now: 0, queries: 0 };
  const resolver = new Resolver({
    root: { zone: '.', servers: [{ name: 'root.', addresses: ['192.0.2.53'] }] },
    queryZone: async () => {
      state.queries++;
      return respond();
    },
    clock: () => state.now,
  });
  const look = async (name = 'a.test', id = 1) => {
    const reply = await new Promise<Buffer>((resolve) => resolver.receive(queryFor(name, { id }), 'udp', resolve));
    return decode(reply) as ReturnType<typeof decode> & { rcode: string };
  };
  return { state, look };
}

const found = (ttl: number): Response => ({ kind: 'answer', aliases: [], target: 'a.test.', records: [record(ttl)] });

test('the TTL counts down, and when it expires the name is looked up again', async () => {
  const { state, look } = resolverWith(() => found(10));
  expect((await look()).answers).toMatchObject([{ ttl: 10 }]);
  state.now = 3500;
  expect((await look()).answers).toMatchObject([{ ttl: 7 }]);
  state.now = 9999;
  expect((await look()).answers).toMatchObject([{ ttl: 1 }]);
  expect(state.queries).toBe(1);
  state.now = 10_000;
  expect((await look()).answers).toMatchObject([{ ttl: 10 }]);
  expect(state.queries).toBe(2);
});

test('NXDOMAIN is cached for the TTL of the SOA record', async () => {
  const none: Response = {
    kind: 'nxdomain',
    aliases: [],
    target: 'a.test.',
    soa: { name: 'test.', type: 'SOA', ttl: 60, data: soa },
  };
  const { state, look } = resolverWith(() => none);
  expect((await look()).rcode).toBe('NXDOMAIN');
  state.now = 59_000;
  expect((await look()).authorities).toMatchObject([{ type: 'SOA', ttl: 1 }]);
  state.now = 60_000;
  await look();
  expect(state.queries).toBe(2);
});

test('NODATA for the type SOA is cached as NODATA', async () => {
  const cache = new Cache(() => 0);
  const none: Response = {
    kind: 'nodata',
    aliases: [],
    target: 'a.test.',
    soa: { name: 'test.', type: 'SOA', ttl: 60, data: soa },
  };
  const root = { zone: '.', servers: [{ name: 'root.', addresses: ['192.0.2.53'] }] };
  const look = () => new Lookup(cache, root, async () => none).find({ name: 'a.test.', type: 'SOA' });
  const first = await look();
  expect(first).toMatchObject({ rcode: 'NOERROR', answers: [], authorities: [{ name: 'test.' }] });
  expect(await look()).toEqual(first);
});

test('a failure is cached for a second', async () => {
  const { state, look } = resolverWith(() => {
    throw new DnsFailure('timeout');
  });
  expect((await look()).rcode).toBe('SERVFAIL');
  state.now = 900;
  await look();
  expect(state.queries).toBe(1);
  state.now = 1000;
  await look();
  expect(state.queries).toBe(2);
});

test('a loop of aliases is SERVFAIL', async () => {
  const alias = { name: 'a.test.', type: 'CNAME', ttl: 10, data: 'a.test.' };
  const { look } = resolverWith(() => ({ kind: 'answer', aliases: [alias], target: 'a.test.', records: [] }));
  expect((await look()).rcode).toBe('SERVFAIL');
});

test('endless referrals are SERVFAIL', async () => {
  const again: Response = {
    kind: 'referral',
    delegation: { zone: 'test.', servers: [{ name: 'ns.test.', addresses: ['192.0.2.53'] }] },
    ttl: 10,
  };
  const { state, look } = resolverWith(() => again);
  expect((await look()).rcode).toBe('SERVFAIL');
  expect(state.queries).toBeLessThanOrEqual(30);
});

test('each client gets its own id and its own case of the name', async () => {
  const { state, look } = resolverWith(() => found(10));
  await look('a.test', 1);
  const answer = await look('A.tEsT', 7);
  expect(answer.id).toBe(7);
  expect(answer.questions?.[0]?.name).toBe('A.tEsT');
  expect(state.queries).toBe(1);
});

const RESPONSE = { type: 'response', id: 1, flags: 0x0400 } as const;
const SOA = { type: 'SOA', name: 'tatis.test', ttl: 600, data: soa } as const;
/** Classifies a response of the name server of tatis.test. */
const readFrom = (packet: object, name = 'www.tatis.test.', type = 'A') =>
  readResponse(encode({ ...RESPONSE, questions: [{ type: 'A', name: 'www.tatis.test' }], ...packet }), {
    zone: 'tatis.test.',
    name,
    type,
  });

test('records of other zones are ignored', () => {
  const read = readFrom({
    answers: [
      { type: 'CNAME', name: 'www.tatis.test', ttl: 60, data: 'victim.test' },
      { type: 'A', name: 'victim.test', ttl: 60, data: '192.0.2.66' },
    ],
  });
  expect(read).toMatchObject({ kind: 'answer', target: 'victim.test.', records: [] });
});

test.each([
  ['NXDOMAIN', 0x0403],
  ['NODATA', 0x0400],
])('%s after an alias into another zone is not used for the name there', (_, flags) => {
  const answers = [{ type: 'CNAME', name: 'www.tatis.test', ttl: 60, data: 'victim.test' }];
  expect(readFrom({ flags, answers, authorities: [SOA] })).toMatchObject({
    kind: 'answer',
    target: 'victim.test.',
    records: [],
  });
});

test('glue and referrals of other zones are ignored', () => {
  const authorities = [{ type: 'NS', name: 'victim.test', ttl: 60, data: 'ns.evil.test' }];
  expect(readFrom({ flags: 0, authorities }, 'www.victim.test.')).toEqual({ kind: 'lame' });
  const below = [{ type: 'NS', name: 'www.tatis.test', ttl: 60, data: 'ns.victim.test' }];
  const additionals = [{ type: 'A', name: 'ns.victim.test', ttl: 60, data: '192.0.2.66' }];
  expect(readFrom({ flags: 0, authorities: below, additionals })).toMatchObject({
    kind: 'referral',
    delegation: { zone: 'www.tatis.test.', servers: [{ name: 'ns.victim.test.', addresses: [] }] },
  });
});

test("a negative answer is valid for the lesser of the SOA record's TTL and minimum (RFC 2308, 5)", () => {
  expect(readFrom({ flags: 0x0403, authorities: [SOA] })).toMatchObject({ kind: 'nxdomain', soa: { ttl: 60 } });
});

test('a TTL beyond 2^31 - 1 is 0 (RFC 2181, 8)', () => {
  const answers = [{ type: 'A', name: 'www.tatis.test', ttl: 0x80000000, data: '192.0.2.1' }];
  expect(readFrom({ answers })).toMatchObject({ records: [{ ttl: 0 }] });
});

test('a DNAME is ignored, its synthesized alias followed', () => {
  const answers = [
    { type: 'DNAME', name: 'old.tatis.test', ttl: 60, data: 'tatis.test' },
    { type: 'CNAME', name: 'www.old.tatis.test', ttl: 60, data: 'www.tatis.test' },
    { type: 'A', name: 'www.tatis.test', ttl: 60, data: '192.0.2.1' },
  ];
  expect(readFrom({ answers }, 'www.old.tatis.test.')).toMatchObject({
    kind: 'answer',
    aliases: [{ data: 'www.tatis.test.' }],
    records: [{ data: '192.0.2.1' }],
  });
});

test.each([
  ['an address of three bytes', 'c00c00010001000000010003c0a801'],
  ['a name longer than its record', 'c00c000200010000000100010161'],
  ['a name that leads to itself', 'c00c00020001000000010002c02c'],
  ['a text longer than its record', 'c00c001000010000000100020561'],
  ['a record longer than the message', 'c00c00010001000000010004c0a8'],
])('%s is malformed', (_, hex) => {
  const question = encode({ ...RESPONSE, questions: [{ type: 'A', name: 'www.tatis.test' }] });
  question.writeUInt16BE(1, 6);
  const bytes = Buffer.concat([question, Buffer.from(hex, 'hex')]);
  expect(readResponse(bytes, { zone: 'tatis.test.', name: 'www.tatis.test.', type: 'A' })).toEqual({
    kind: 'malformed',
  });
});
