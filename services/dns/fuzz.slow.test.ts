// 60,000 damaged packets over real sockets: every reply is well-formed, and no memory is lost.

import { createSocket, type Socket } from 'node:dgram';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { decode } from 'dns-packet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, query, queryFor, startDns } from '../../tests/support/dns/dns.ts';
import { seededRandom } from '../../tests/support/otel.ts';
import { dnsFields } from '../../traces/wire/dns.ts';

const IN_FLIGHT = 64;
const MEGABYTE = 1024 * 1024;

let lab: Lab;
beforeAll(async () => {
  lab = await startDns();
});
afterAll(() => lab.close());

const option = { code: 65500, data: Buffer.from('00000af7651916cd43dd8448eb211c80319cb7ad6b716920333101', 'hex') };
const opt = { type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options: [option] };
const CORPUS = [
  queryFor('tatis.test'),
  queryFor('www.tatis.test', { additionals: [opt] as never }),
  queryFor('big.tatis.test', { additionals: [opt] as never }),
  queryFor('letters.tatis.test', { type: 'AAAA' }),
  queryFor('nowhere.test', { type: 'MX', additionals: [opt] as never }),
  queryFor('.', { type: 'NS' }),
  queryFor('silent.test', { type: 'ANY', flags: 0 }),
];

function damaged(random: (below: number) => number): Buffer {
  const bytes = Buffer.from(CORPUS[random(CORPUS.length)] as Buffer);
  for (let changes = random(4); changes >= 0; changes--) {
    const at = random(bytes.length);
    if (random(2) === 0) bytes[at] = random(256);
    else bytes[at] = (bytes[at] as number) ^ (1 << random(8));
  }
  const how = random(10);
  if (how === 0) return bytes.subarray(0, random(bytes.length + 1));
  if (how === 1) return Buffer.concat([bytes, bytes.subarray(random(bytes.length))]);
  if (how === 2) return Buffer.from(Array.from({ length: random(80) }, () => random(256)));
  return bytes;
}

/** Sends `count` damaged packets and checks every reply; resolves with how many there were. */
async function fuzz(port: number, count: number, random: (below: number) => number): Promise<number> {
  const socket = createSocket('udp4');
  const waiting = new Map<number, Buffer>();
  let answered = 0;
  let failure: Error | undefined;
  socket.on('message', (answer) => {
    answered++;
    const id = answer.readUInt16BE(0);
    try {
      decode(answer);
      if (dnsFields(answer).some(({ name }) => name.startsWith('not readable') || name === 'past the end'))
        throw new Error('bytes left over');
      if (!waiting.has(id)) throw new Error('an id that was not sent');
    } catch (error) {
      failure ??= new Error(
        `${(error as Error).message}: ${waiting.get(id)?.toString('hex')} → ${answer.toString('hex')}`,
      );
    }
  });
  for (let sent = 0; sent < count; sent += IN_FLIGHT) {
    for (let number = 0; number < IN_FLIGHT; number++) {
      const bytes = damaged(random);
      if (bytes.length >= 2) {
        bytes.writeUInt16BE((sent + number) & 0xffff, 0);
        waiting.set((sent + number) & 0xffff, bytes);
      }
      await send(socket, bytes, port);
    }
    await query(port, 'tatis.test'); // the earlier packets have been read by now
  }
  socket.close();
  if (failure) throw failure;
  return answered;
}

function send(socket: Socket, bytes: Buffer, port: number): Promise<void> {
  return new Promise((resolve) => socket.send(bytes, port, '127.0.0.1', () => resolve()));
}

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

test('40,000 damaged packets to a name server', async () => {
  const random = seededRandom(1);
  const port = lab.nameServers[2] as number;
  expect(await fuzz(port, 20_000, random)).toBeGreaterThan(5_000);
  const before = heapAfterCollection();
  await fuzz(port, 20_000, random);
  expect(heapAfterCollection() - before).toBeLessThan(4 * MEGABYTE);
});

test('20,000 damaged packets to the resolver', async () => {
  const random = seededRandom(2);
  expect(await fuzz(lab.port, 10_000, random)).toBeGreaterThan(2_000);
  await fetch(`${lab.control}/flush`, { method: 'POST' });
  const before = heapAfterCollection();
  await fuzz(lab.port, 10_000, random);
  await fetch(`${lab.control}/flush`, { method: 'POST' });
  expect(heapAfterCollection() - before).toBeLessThan(4 * MEGABYTE);
  expect((await query(lab.port, 'tatis.test')).answers).toMatchObject([{ data: '203.0.113.10' }]);
});

test('300 damaged streams to the resolver', async () => {
  const random = seededRandom(3);
  for (let round = 0; round < 300; round++) {
    const socket = connect(lab.port, '127.0.0.1').on('error', () => {});
    const message = damaged(random);
    const length = random(4) === 0 ? random(0x10000) : message.length;
    socket.resume().end(Buffer.concat([Buffer.from([length >> 8, length & 0xff]), message]));
    await new Promise((resolve) => socket.once('close', resolve));
  }
  expect((await query(lab.port, 'djangogirls.test')).answers).toMatchObject([{ data: '203.0.113.20' }]);
});
