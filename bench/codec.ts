// The phonebook's own reader and writer of DNS messages beside dns-packet, in turns in one process: a query read, an answer
// read, an answer of twenty addresses written. Why there are both: docs/decisions/020-dns-messages-and-zone-files.md.
//
//   npm run bench codec

import { decode, encode } from 'dns-packet';
import { readName } from '../otel/propagation/dns-name.ts';
import { readMessage } from '../runtime/dns/message.ts';
import { encodeQuery } from '../runtime/dns/query.ts';
import { readQuery } from '../services/dns/message/query.ts';
import { encodeRecords, writeReply } from '../services/dns/message/reply.ts';
import { type DnsRecord, recordType } from '../services/dns/records.ts';
import { median } from '../traces/median.ts';

const ROUNDS = 7;
const TIMES = 20_000;
const NAME = 'a-long-name.tatis.test.';

const query = encodeQuery({ name: NAME, type: 1, recursionDesired: true, options: [] });
const records = Array.from(
  { length: 20 },
  (_, index): DnsRecord => ({ name: NAME, type: 'A', ttl: 300, data: `203.0.113.${index}` }),
);
const sections = { answers: records, authorities: [], additionals: [] };
const ours = () =>
  writeReply(readQuery(query), { rcode: 'NOERROR', authoritative: true, records: encodeRecords(NAME, sections) }, 4096);
const question = { type: 'A', name: NAME } as const;
const theirs = () => {
  const answers = records.map(({ name, ttl, data }) => ({ type: 'A', name, ttl, data: data as string }) as const);
  return encode({ type: 'response', id: 1, questions: [question], answers });
};
const answer = ours();

const CASES: [what: string, ours: () => unknown, theirs: () => unknown][] = [
  ['a query read', () => readQuery(query), () => decode(query)],
  ['an answer of 20 addresses read', () => read(answer), () => decode(answer)],
  ['an answer of 20 addresses written', ours, theirs],
];

/** Prints microseconds a message, ours and dns-packet's, and what they write in bytes. */
export async function main(): Promise<void> {
  for (const [what, mine, other] of CASES) {
    const rounds = Array.from({ length: ROUNDS }, () => [micros(mine), micros(other)] as const);
    const [first, second] = [median(rounds.map(([time]) => time)), median(rounds.map(([, time]) => time))];
    console.log(
      `${what.padEnd(36)} ${first.toFixed(2).padStart(6)} µs   dns-packet ${second.toFixed(2).padStart(6)} µs   ${(second / first).toFixed(1)} ×`,
    );
  }
  console.log(
    `${'that answer in bytes'.padEnd(36)} ${String(answer.length).padStart(6)}      dns-packet ${String(theirs().length).padStart(6)}`,
  );
}

/** Names and data of every record, as the resolver takes them. */
function read(message: Buffer): unknown[] {
  return readMessage(message).answers.map(({ name, start, end }) => [
    readName(message, name),
    recordType('A').read(message, start, end),
  ]);
}

function micros(step: () => unknown): number {
  const began = performance.now();
  for (let count = 0; count < TIMES; count++) step();
  return ((performance.now() - began) / TIMES) * 1000;
}
