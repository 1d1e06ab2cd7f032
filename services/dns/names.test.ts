// Names and data with unusual bytes pass through zone file, name server, resolver and cache unchanged. Expected are the answers of
// unbound 1.17 for the same zone files.

import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canonical, readName } from '../../otel/propagation/dns-name.ts';
import { typeCode } from '../../otel/propagation/dns-numbers.ts';
import { rcodeOf, readMessage } from '../../runtime/dns/message.ts';
import { encodeQuery } from '../../runtime/dns/query.ts';
import { type Lab, sendUdp, startDns } from '../../tests/support/dns/dns.ts';
import { recordText, recordType } from './records.ts';

const zones = mkdtempSync(join(tmpdir(), 'waybill-zones-'));
cpSync('services/dns/zones', zones, { recursive: true });
appendFileSync(
  join(zones, 'tatis.test.zone'),
  String.raw`
caf\195\169 A 203.0.113.51
dot\046ted  A 203.0.113.52
nul\000\032  A 203.0.113.54
UPPER       A 203.0.113.55
to-upper    CNAME UPPER
to-cafe     CNAME caf\195\169
out         CNAME Caf\195\169.djangogirls.test.
mail-dot    MX 10 dot\046ted
ring1       CNAME ring2
ring2       CNAME ring1
ring-out    CNAME ring-in.djangogirls.test.
a.b.empty   A 203.0.113.57
*.wild      A 203.0.113.58
x.wild      TXT "x"
*.aliases   CNAME UPPER
unknown     TYPE65280 \# 4 0A000001
as-bytes    TYPE1 \# 4 CB00713B
text        TXT "a\"b\\c\200\009"
chain0 CNAME chain1
chain1 CNAME chain2
chain2 CNAME chain3
chain3 CNAME chain4
chain4 CNAME chain5
chain5 CNAME chain6
chain6 CNAME chain7
chain7 CNAME chain8
chain8 CNAME chain9
chain9 CNAME chain10
chain10 A 203.0.113.60
`,
);
appendFileSync(
  join(zones, 'djangogirls.test.zone'),
  'caf\\195\\169 A 203.0.113.61\nring-in CNAME ring-out.tatis.test.\n',
);

let lab: Lab;
beforeAll(async () => {
  lab = await startDns({ WAYBILL_DNS_ZONES: zones });
});
afterAll(async () => {
  await lab.close();
  rmSync(zones, { recursive: true });
});

/** The response code, and the records of two sections as text. */
async function look(port: number, name: string, type = 'A', recursionDesired = true) {
  const query = encodeQuery({ name, type: typeCode(type) as number, recursionDesired, options: [] });
  const bytes = (await sendUdp(port, query)) as Buffer;
  const message = readMessage(bytes);
  const text = (records: typeof message.answers) =>
    records.map(({ name: owner, type: code, start, end }) => {
      const known = Object.entries({ A: 1, CNAME: 5, SOA: 6, MX: 15, TXT: 16 }).find(([, each]) => each === code);
      const record = { name: '', type: known?.[0] ?? `TYPE${code}`, ttl: 0 };
      return `${readName(bytes, owner)} ${recordText({ ...record, data: recordType(record.type).read(bytes, start, end) })}`;
    });
  return { code: rcodeOf(bytes), answers: text(message.answers), authorities: text(message.authorities) };
}

const FOUND: [string, string, string[]][] = [
  [String.raw`caf\195\169.tatis.test`, 'A', [String.raw`caf\195\169.tatis.test. 203.0.113.51`]],
  [String.raw`CAF\195\169.tatis.test`, 'A', [String.raw`CAF\195\169.tatis.test. 203.0.113.51`]],
  [String.raw`dot\046ted.tatis.test`, 'A', [String.raw`dot\.ted.tatis.test. 203.0.113.52`]],
  [String.raw`nul\000\032.tatis.test`, 'A', [String.raw`nul\000\032.tatis.test. 203.0.113.54`]],
  ['upper.tatis.test', 'A', ['upper.tatis.test. 203.0.113.55']],
  ['to-upper.tatis.test', 'A', ['to-upper.tatis.test. CNAME UPPER.tatis.test.', 'UPPER.tatis.test. 203.0.113.55']],
  [
    'to-cafe.tatis.test',
    'A',
    [String.raw`to-cafe.tatis.test. CNAME caf\195\169.tatis.test.`, String.raw`caf\195\169.tatis.test. 203.0.113.51`],
  ],
  ['mail-dot.tatis.test', 'MX', [String.raw`mail-dot.tatis.test. MX 10 dot\.ted.tatis.test.`]],
  ['a.wild.tatis.test', 'A', ['a.wild.tatis.test. 203.0.113.58']],
  ['a.b.WILD.tatis.test', 'A', ['a.b.WILD.tatis.test. 203.0.113.58']],
  ['*.wild.tatis.test', 'A', ['*.wild.tatis.test. 203.0.113.58']],
  ['a.aliases.tatis.test', 'A', ['a.aliases.tatis.test. CNAME UPPER.tatis.test.', 'UPPER.tatis.test. 203.0.113.55']],
  ['unknown.tatis.test', 'TYPE65280', [String.raw`unknown.tatis.test. TYPE65280 \# 4 0a000001`]],
  ['as-bytes.tatis.test', 'A', ['as-bytes.tatis.test. 203.0.113.59']],
  ['text.tatis.test', 'TXT', [String.raw`text.tatis.test. TXT "a\"b\\c\200\009"`]],
];

test.each(FOUND)(
  '%s %s has the same answer from its name server, from the resolver, and from the cache',
  async (name, type, answers) => {
    expect(await look(lab.nameServers[2] as number, name, type)).toEqual({ code: 0, answers, authorities: [] });
    for (let turn = 0; turn < 2; turn++) {
      expect(await look(lab.port, name, type)).toEqual({ code: 0, answers, authorities: [] });
    }
  },
);

test('an alias into another zone keeps its bytes', async () => {
  expect((await look(lab.port, 'out.tatis.test')).answers.map((line) => line.toLowerCase())).toEqual([
    String.raw`out.tatis.test. cname caf\195\169.djangogirls.test.`,
    String.raw`caf\195\169.djangogirls.test. 203.0.113.61`,
  ]);
});

test.each([
  ['an empty non-terminal', 'b.empty.tatis.test', 0],
  ['a name covered by a wildcard that exists with another type', 'x.wild.tatis.test', 0],
  ['the name above a wildcard', 'wild.tatis.test', 0],
  ['a name below one that exists next to the wildcard', 'b.x.wild.tatis.test', 3],
  ['a type without records', 'tatis.test', 0, 'TYPE65281'],
])('%s: a negative answer with the SOA record', async (_, name, code, type = 'A') => {
  for (const port of [lab.nameServers[2] as number, lab.port]) {
    const found = await look(port, name, type);
    expect(found).toMatchObject({ code, answers: [] });
    expect(found.authorities[0]).toMatch(/^tatis\.test\. SOA /);
  }
});

test('a loop of aliases: the name server returns each once, the resolver SERVFAIL', async () => {
  expect((await look(lab.nameServers[2] as number, 'ring1.tatis.test')).answers).toEqual([
    'ring1.tatis.test. CNAME ring2.tatis.test.',
    'ring2.tatis.test. CNAME ring1.tatis.test.',
  ]);
  for (const name of ['ring1.tatis.test', 'ring-out.tatis.test']) {
    expect(await look(lab.port, name)).toEqual({ code: 2, answers: [], authorities: [] });
  }
});

test('a chain of ten aliases is followed', async () => {
  expect((await look(lab.port, 'chain0.tatis.test')).answers.at(-1)).toBe('chain10.tatis.test. 203.0.113.60');
});

test.each([
  ['tatis.test', 'test.'],
  ['test', '.'],
  ['www.tatis.test', 'test.'],
  ['mail.tatis.test', 'tatis.test.'],
])('DS of %s is queried in the parent zone', async (name, zone) => {
  await fetch(`${lab.control}/flush`, { method: 'POST' });
  const { code, authorities } = await look(lab.port, name, 'DS');
  expect([code, canonical(authorities[0]?.split(' ')[0] ?? '')]).toEqual([0, zone]);
});
