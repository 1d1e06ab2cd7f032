import { decode } from 'dns-packet';
import { expect, test } from 'vitest';
import { DnsFailure } from '../errors.ts';
import { queryFor } from '../testing.ts';
import { Cache } from './cache.ts';
import { Resolver } from './resolver.ts';
import type { Response } from './response.ts';
import { Walk } from './walk.ts';

const record = (ttl: number) => ({ name: 'a.test.', type: 'A', ttl, data: '192.0.2.1' });
const soa = { mname: 'ns.test.', rname: 'h.test.', serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 60 };

/** A resolver whose clock stands still unless told, and which is answered by `respond`. */
function resolverWith(respond: () => Response) {
  const state = { now: 0, asked: 0 };
  const resolver = new Resolver({
    root: { zone: '.', servers: [{ name: 'root.', addresses: ['192.0.2.53'] }] },
    ask: async () => {
      state.asked++;
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

test('the TTL counts down, and at its end the name is asked for again', async () => {
  const { state, look } = resolverWith(() => found(10));
  expect((await look()).answers).toMatchObject([{ ttl: 10 }]);
  state.now = 3500;
  expect((await look()).answers).toMatchObject([{ ttl: 7 }]);
  state.now = 9999;
  expect((await look()).answers).toMatchObject([{ ttl: 1 }]);
  expect(state.asked).toBe(1);
  state.now = 10_000;
  expect((await look()).answers).toMatchObject([{ ttl: 10 }]);
  expect(state.asked).toBe(2);
});

test('"no such name" is remembered for as long as the SOA record says', async () => {
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
  expect(state.asked).toBe(2);
});

test('"no such record" is remembered as that, also of type SOA', async () => {
  const cache = new Cache(() => 0);
  const none: Response = {
    kind: 'nodata',
    aliases: [],
    target: 'a.test.',
    soa: { name: 'test.', type: 'SOA', ttl: 60, data: soa },
  };
  const look = () =>
    new Walk({
      cache,
      root: { zone: '.', servers: [{ name: 'root.', addresses: ['192.0.2.53'] }] },
      ask: async () => none,
    }).find({ name: 'a.test.', type: 'SOA' });
  const first = await look();
  expect(first).toMatchObject({ rcode: 'NOERROR', answers: [], authorities: [{ name: 'test.' }] });
  expect(await look()).toEqual(first);
});

test('a failure is remembered for a second', async () => {
  const { state, look } = resolverWith(() => {
    throw new DnsFailure('timeout');
  });
  expect((await look()).rcode).toBe('SERVFAIL');
  state.now = 900;
  await look();
  expect(state.asked).toBe(1);
  state.now = 1000;
  await look();
  expect(state.asked).toBe(2);
});

test('aliases that lead in a circle are SERVFAIL', async () => {
  const alias = { name: 'a.test.', type: 'CNAME', ttl: 10, data: 'a.test.' };
  const { look } = resolverWith(() => ({ kind: 'answer', aliases: [alias], target: 'a.test.', records: [] }));
  expect((await look()).rcode).toBe('SERVFAIL');
});

test('referrals that never end are SERVFAIL', async () => {
  const again: Response = {
    kind: 'referral',
    delegation: { zone: 'test.', servers: [{ name: 'ns.test.', addresses: ['192.0.2.53'] }] },
    ttl: 10,
  };
  const { state, look } = resolverWith(() => again);
  expect((await look()).rcode).toBe('SERVFAIL');
  expect(state.asked).toBeLessThanOrEqual(30);
});

test('each client gets its own id and its own letters back', async () => {
  const { state, look } = resolverWith(() => found(10));
  await look('a.test', 1);
  const answer = await look('A.tEsT', 7);
  expect(answer.id).toBe(7);
  expect(answer.questions?.[0]?.name).toBe('A.tEsT');
  expect(state.asked).toBe(1);
});

test('what a server says of other zones is not believed', async () => {
  const { readResponse } = await import('./response.ts');
  const { encode } = await import('dns-packet');
  const answer = encode({
    type: 'response',
    id: 1,
    flags: 0x0400,
    questions: [{ type: 'A', name: 'www.tatis.test' }],
    answers: [
      { type: 'CNAME', name: 'www.tatis.test', ttl: 60, data: 'victim.test' },
      { type: 'A', name: 'victim.test', ttl: 60, data: '192.0.2.66' },
    ],
  });
  const read = readResponse(answer, { zone: 'tatis.test.', name: 'www.tatis.test.', type: 'A' });
  expect(read).toMatchObject({ kind: 'answer', target: 'victim.test.', records: [] });
});
