import { encode } from 'dns-packet';
import { expect, test } from 'vitest';
import { seededRandom } from '../../tests/support/otel.ts';
import { dnsFields } from './dns.ts';

/** The reply to www.tatis.test: an alias and its address, the names as pointers. */
const REPLY = Buffer.from(
  '123481800001000200000001' +
    '0377777705746174697304746573740000010001' +
    'c00c000500010000012c0002c010' +
    'c010000100010000012c0004cb00710a' +
    '00002904d0000000000000',
  'hex',
);

const fieldsIn = (message: Buffer) =>
  dnsFields(message).map(({ start, end, part, name, value }) => `${start}-${end} ${part} ${name}: ${value}`);

/** Ranges that lie side by side, from the first byte to the last. */
function tiles(message: Buffer): boolean {
  const fields = dnsFields(message);
  const ends = fields.map(({ end }) => end);
  return (
    fields.every(({ start, end }, index) => start === (ends[index - 1] ?? 0) && end >= start) &&
    (ends.at(-1) ?? 0) === message.length
  );
}

test('decodes every field of a reply', () => {
  expect(fieldsIn(REPLY)).toEqual([
    '0-2 header id: 4660: the reply has the same id',
    '2-4 header flags: answer QUERY RD RA NOERROR',
    '4-6 header questions: 1',
    '6-8 header answers: 2',
    '8-10 header authorities: 0',
    '10-12 header additionals: 1',
    '12-28 question name: www.tatis.test.',
    '28-30 question type: A',
    '30-32 question class: IN',
    '32-34 answer 1 pointer: → byte 12: www.tatis.test.',
    '34-36 answer 1 type: CNAME',
    '36-38 answer 1 class: IN',
    '38-42 answer 1 TTL: 300 s: how long it may be cached',
    '42-44 answer 1 length: 2',
    '44-46 answer 1 pointer: → byte 16: tatis.test.',
    '46-48 answer 2 pointer: → byte 16: tatis.test.',
    '48-50 answer 2 type: A',
    '50-52 answer 2 class: IN',
    '52-56 answer 2 TTL: 300 s: how long it may be cached',
    '56-58 answer 2 length: 4',
    '58-62 answer 2 address: 203.0.113.10',
    '62-63 additional 1 name: .',
    '63-65 additional 1 type: OPT',
    '65-67 additional 1 payload size: accepts datagrams of up to 1232 bytes',
    '67-68 additional 1 extended code: 0',
    '68-69 additional 1 EDNS version: 0',
    '69-71 additional 1 flags: none',
    '71-73 additional 1 length: 0',
  ]);
});

test('decodes the trace context of a query', () => {
  const data = Buffer.from('00000af7651916cd43dd8448eb211c80319cb7ad6b716920333101', 'hex');
  const query = encode({
    type: 'query',
    id: 1,
    questions: [{ type: 'A', name: 'tatis.test' }],
    additionals: [
      { type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options: [{ code: 65500, data }] } as never,
    ],
  });
  expect(fieldsIn(query).slice(-5)).toEqual([
    '43-44 additional 1 version: 0',
    '44-45 additional 1 reserved: 0',
    '45-61 additional 1 trace id: 0af7651916cd43dd8448eb211c80319c',
    '61-69 additional 1 span id: b7ad6b7169203331',
    '69-70 additional 1 trace flags: sampled',
  ]);
});

test('the ranges of a message cut anywhere still lie side by side', () => {
  for (let length = 0; length <= REPLY.length; length++) expect(tiles(REPLY.subarray(0, length))).toBe(true);
});

test('a name of 8,000 pointers, each to the one before it, is read to its end', () => {
  const head = Buffer.from('123480000000000200000000' + '00ff00000100000000', 'hex');
  const pointers = Buffer.alloc(2 * 8000); // the first leads to the root's name, in front of them
  for (let index = 0; index < 8000; index++) {
    pointers.writeUInt16BE(0xc000 | (index === 0 ? 12 : head.length + 2 * index), 2 * index);
  }
  const last = Buffer.from([0xc0 | ((head.length + pointers.length) >> 8), (head.length + pointers.length) & 0xff]);
  const length = Buffer.from([pointers.length >> 8, pointers.length & 0xff]);
  const message = Buffer.concat([head, length, pointers, last, Buffer.from('00ff00010000000000', 'hex'), Buffer.of(0)]);
  expect(fieldsIn(message)).toContain(
    `${head.length + 2 + 16000}-${head.length + 4 + 16000} answer 2 pointer: → byte ${head.length + 16000}: .`,
  );
});

test('so do those of 20,000 messages with changed bytes', () => {
  const random = seededRandom(1);
  for (let round = 0; round < 20_000; round++) {
    const message = Buffer.from(REPLY);
    for (let change = random(4); change >= 0; change--) message[random(message.length)] = random(256);
    if (!tiles(message)) throw new Error(`not side by side: ${message.toString('hex')}`);
  }
});
