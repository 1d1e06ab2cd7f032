import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, query, queryFor, sendUdp, startDns } from '../../tests/support/dns/dns.ts';

const zones = mkdtempSync(join(tmpdir(), 'waybill-zones-'));
cpSync('services/dns/zones', zones, { recursive: true });
const ZONE = join(zones, 'djangogirls.test.zone');

let lab: Lab;
let tatis: number;
let top: number;
beforeAll(async () => {
  lab = await startDns({ WAYBILL_DNS_ZONES: zones, WAYBILL_DNS_TCP_IDLE: '500', WAYBILL_DNS_TCP_CONNECTIONS: '3' });
  [, top, tatis] = lab.nameServers as [number, number, number];
});
afterAll(async () => {
  await lab.close();
  rmSync(zones, { recursive: true });
});

const EDNS = { additionals: [{ type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0x8000, options: [] }] as never };

test('a name in its zone is answered with AA, and without RA', async () => {
  expect(await query(tatis, 'tatis.test')).toMatchObject({
    rcode: 'NOERROR',
    flag_aa: true,
    flag_ra: false,
    flag_rd: true,
    answers: [{ name: 'tatis.test', data: '203.0.113.10' }],
  });
});

test('a name in a delegated zone gets a referral with glue, without AA', async () => {
  expect(await query(top, 'www.tatis.test')).toMatchObject({
    flag_aa: false,
    answers: [],
    authorities: [{ name: 'tatis.test', type: 'NS', data: 'ns.tatis.test' }],
    additionals: [{ name: 'ns.tatis.test', type: 'A', data: '198.51.100.3' }],
  });
});

test.each([
  ['a name that does not exist', 'none.tatis.test', 'A', 'NXDOMAIN'],
  ['a type that the name does not have', 'mail.tatis.test', 'AAAA', 'NOERROR'],
])('the answer for %s has the SOA record, whose TTL is how long it is valid', async (_, name, type, rcode) => {
  const answer = await query(tatis, name, { type });
  expect(answer).toMatchObject({
    rcode,
    flag_aa: true,
    answers: [],
    authorities: [{ type: 'SOA', name: 'tatis.test', ttl: 60 }],
  });
});

test('ANY is answered with one synthesized HINFO record (RFC 8482)', async () => {
  const { answers } = await query(tatis, 'tatis.test', { type: 'ANY' });
  expect(answers).toMatchObject([{ type: 'HINFO', data: { cpu: 'RFC8482', os: '' } }]);
});

test.each([
  ['MX', { preference: 10, exchange: 'mail.tatis.test' }],
  ['AAAA', '2001:db8::10'],
  ['NS', 'ns.tatis.test'],
  ['SOA', { mname: 'ns.tatis.test', rname: 'hostmaster.tatis.test', serial: 1, minimum: 60 }],
])('a %s record is sent as it is in the zone file', async (type, data) => {
  expect((await query(tatis, 'tatis.test', { type })).answers).toMatchObject([{ type, data }]);
});

test.each([
  ['a name outside its zone', queryFor('djangogirls.test'), 'REFUSED', 5],
  ['a zone transfer', queryFor('tatis.test', { type: 'AXFR' }), 'REFUSED', 5],
  [
    'class CH',
    Buffer.from(queryFor('tatis.test').map((byte, at, all) => (at === all.length - 1 ? 3 : byte))),
    'REFUSED',
    5,
  ],
  ['an update', queryFor('tatis.test', { flags: 5 << 11 }), 'NOTIMP', 4],
])('%s gets %s', async (_, bytes, __, code) => {
  expect(((await sendUdp(tatis, bytes as Buffer))?.[3] ?? 0) & 0x0f).toBe(code);
});

test('another version of EDNS gets BADVERS', async () => {
  const bytes = queryFor('tatis.test', EDNS);
  bytes[bytes.length - 5] = 1;
  const answer = await sendUdp(tatis, bytes);
  expect([(answer?.[3] ?? 0) & 0x0f, answer?.at(-6)]).toEqual([0, 1]);
});

test("the case of the name and the DO bit are copied to the reply; the answer's name is a compression pointer", async () => {
  const bytes = queryFor('TaTiS.TeSt', EDNS);
  const answer = await sendUdp(tatis, bytes);
  expect(answer?.subarray(12, 28)).toEqual(bytes.subarray(12, 28));
  expect(answer?.readUInt16BE(28)).toBe(0xc00c);
  expect(answer?.readUInt16BE(answer.length - 4)).toBe(0x8000);
});

test('reload reads the zone files again; an invalid file changes no zone', async () => {
  writeFileSync(ZONE, '@ 60 IN SOA ns h 2 1 1 1 60\n 60 NS ns\n 60 A 203.0.113.99\nns 60 A 198.51.100.4\n');
  lab.dns.reload();
  expect((await query(lab.port, 'djangogirls.test')).answers).toMatchObject([{ data: '203.0.113.99', ttl: 60 }]);
  writeFileSync(ZONE, 'broken');
  expect(() => lab.dns.reload()).toThrow(`${ZONE}:1: `);
  expect((await query(lab.port, 'djangogirls.test')).answers).toMatchObject([{ data: '203.0.113.99' }]);
});

test('an invalid zone file stops the start', async () => {
  await expect(startDns({ WAYBILL_DNS_ZONES: zones })).rejects.toThrow(`${ZONE}:1: `);
});

const open = () => connect(tatis, '127.0.0.1').on('error', () => {});
const closed = (socket: Socket) =>
  new Promise<number>((resolve) => socket.resume().once('close', () => resolve(performance.now())));

test('a connection without a whole message is closed after its idle timeout, though single bytes arrive', async () => {
  const began = performance.now();
  const socket = open();
  socket.write(Buffer.from([0, 40]));
  const drip = setInterval(() => socket.write('x'), 20);
  const lasted = (await closed(socket)) - began;
  clearInterval(drip);
  expect(lasted).toBeGreaterThan(490);
});

test('when there are too many connections, the one idle longest is closed for a new one', async () => {
  const first = open();
  await once(first, 'connect');
  const others = [open(), open()];
  await Promise.all(others.map((socket) => once(socket, 'connect')));
  const last = open();
  await closed(first);
  expect([...others, last].map(({ destroyed }) => destroyed)).toEqual([false, false, false]);
  for (const socket of [...others, last]) socket.destroy();
});

test.each([
  ['shorter than a header', Buffer.from([0, 3, 1, 2, 3])],
  ['a reply', Buffer.concat([Buffer.from([0, 12]), Buffer.from('123480000000000000000000', 'hex')])],
])('%s closes the connection', async (_, bytes) => {
  const socket = open();
  socket.write(bytes);
  await expect(closed(socket)).resolves.toBeGreaterThan(0);
});
