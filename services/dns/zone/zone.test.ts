import { expect, test } from 'vitest';
import { recordText } from '../records.ts';
import { Zone } from './zone.ts';

const HEAD = '$TTL 300\n@ IN SOA ns host 1 1h 15m 1w 60\n IN NS ns\nns IN A 192.0.2.1\n';
const zone = (text: string) => new Zone('example.test.', 'example.zone', HEAD + text);
const texts = (found: ReturnType<Zone['find']>) =>
  found.answers.map((record) => `${record.name} ${recordText(record)}`);

test.each([
  ['a relative name', 'www IN A 192.0.2.2', 'www.example.test.', 'A', ['www.example.test. 192.0.2.2']],
  ['an absolute name', 'www.example.test. IN A 192.0.2.2', 'www.example.test.', 'A', ['www.example.test. 192.0.2.2']],
  [
    'the owner of the previous record',
    'www A 192.0.2.2\n\n  AAAA 2001:db8::1',
    'www.example.test.',
    'AAAA',
    ['www.example.test. 2001:db8::1'],
  ],
  [
    '$ORIGIN',
    '$ORIGIN in.example.test.\nwww A 192.0.2.2',
    'www.in.example.test.',
    'A',
    ['www.in.example.test. 192.0.2.2'],
  ],
  [
    'parentheses',
    'mail MX ( 10 ; first\n  www )',
    'mail.example.test.',
    'MX',
    ['mail.example.test. MX 10 www.example.test.'],
    'www A 192.0.2.2',
  ],
  [
    'quotes and escapes',
    't TXT "a;b (c)" d\\;e \\065',
    't.example.test.',
    'TXT',
    ['t.example.test. TXT "a;b (c)" "d;e" "A"'],
  ],
  [
    'an alias',
    'w CNAME x\nx A 192.0.2.2',
    'w.example.test.',
    'A',
    ['w.example.test. CNAME x.example.test.', 'x.example.test. 192.0.2.2'],
  ],
])('reads %s', (_, text, name, type, expected, more = '') => {
  expect(texts(zone(`${text}\n${more}`).find(name, type))).toEqual(expected);
});

test.each([
  ['www IN A 192.0.2.256', 'example.zone:5: "192.0.2.256" is not an IPv4 address'],
  ['\nwww IN B 192.0.2.2', 'example.zone:6: "B" is not a record type'],
  ['www CH A 192.0.2.2', 'example.zone:5: class CH is not supported'],
  ['www A (192.0.2.2', 'example.zone:5: this parenthesis is not closed'],
  ['t TXT "abc', 'example.zone:5: a quote that is not closed on its line'],
  ['$INCLUDE other.zone', 'example.zone:5: $INCLUDE is not supported'],
  ['$GENERATE 1-2 a$ A 192.0.2.$', 'example.zone:5: $GENERATE is not supported'],
  ['ns 60 A 192.0.2.1', 'example.zone:5: its TTL is 60, but 300 in line 4'],
  ['w CNAME ns\nw CNAME sub', 'example.zone:5: a second CNAME record'],
  [`${'a'.repeat(60)}.`.repeat(4).slice(0, -1).concat(' A 192.0.2.2'), 'is longer than 255 bytes'],
  [`w CNAME ${`${'a'.repeat(60)}.`.repeat(4).slice(0, -1)}`, 'is longer than 255 bytes'],
  ['www.other. A 192.0.2.2', 'example.zone:5: www.other. is not in the zone example.test.'],
  ['w A 192.0.2.2\nw CNAME ns', 'example.zone:6: a CNAME record must be the only one'],
  ['w 60 A 192.0.2.2\nw A 192.0.2.3', 'example.zone:6: its TTL is 300, but 60 in line 5'],
  ['sub NS ns.sub', 'example.zone:5: ns.sub.example.test. has no address in this file'],
])('refuses %j with line and reason', (text, message) => {
  expect(() => zone(text)).toThrow(message);
});

test.each([
  ['AAAA fe80::1%eth0', '"fe80::1%eth0" is not an IPv6 address'],
  ['AAAA 192.0.2.1', '"192.0.2.1" is not an IPv6 address'],
  ['A 2001:db8::1', '"2001:db8::1" is not an IPv4 address'],
  ['A 01.2.3.4', '"01.2.3.4" is not an IPv4 address'],
  ['SRV 0 0 80 www', 'SRV needs \\# and a length'],
  ['ANY \\# 0', '"ANY" is not a record type'],
  ['TYPE65536 \\# 0', '"TYPE65536" is not a record type'],
  ['TYPE65280 \\# 3 0102', '"0102" is not 3 bytes in hex'],
  ['A \\# 3 010203', 'these bytes are not A data'],
  ['2147483648 A 192.0.2.2', '"2147483648" is more than 2147483647 seconds'],
  ['CLASS3 A 192.0.2.2', 'class CLASS3 is not supported'],
  ['A', 'A needs an IPv4 address'],
  ['A 192.0.2.1 192.0.2.2', 'A needs an IPv4 address, got 2 fields'],
  [`CNAME ${'a'.repeat(64)}`, 'is longer than 63 bytes'],
  [`CNAME ${'a.'.repeat(127)}example`, 'is longer than 255 bytes'],
])('refuses a record "www IN %s" with the reason', (text, message) => {
  expect(() => zone(`www IN ${text}`)).toThrow(`example.zone:5: `);
  expect(() => zone(`www IN ${text}`)).toThrow(message);
});

/** The TTLs of records without one, as in BIND (RFC 1035, 5.1; RFC 2308, 4). */
test.each([
  ["before $TTL, the SOA record's", '@ 77 SOA ns host 1 1h 15m 1w 60\n NS ns\nns A 192.0.2.1\n$TTL 5', 77],
  ['before $TTL, that of the previous record', '@ 77 SOA ns host 1 1h 15m 1w 60\n 88 NS ns\nns A 192.0.2.1', 88],
  ['after $TTL, that', '@ 77 SOA ns host 1 1h 15m 1w 60\n$TTL 5\n 88 NS ns\nns A 192.0.2.1', 5],
  ["an SOA record's own, its minimum", '@ SOA ns host 1 1h 15m 1w 66\n NS ns\nns A 192.0.2.1', 66],
  ['with units', '$TTL 1h30m\n@ SOA ns host 1 1h 15m 1w 66\n NS ns\nns A 192.0.2.1', 5400],
])('a record without a TTL takes, %s', (_, text, ttl) => {
  const [record] = new Zone('example.test.', 'example.zone', text).find('ns.example.test.', 'A').answers;
  expect(record?.ttl).toBe(ttl);
});

test('names are compared without case, and keep the case of the file', () => {
  const found = zone('WWW CNAME Ns.EXAMPLE.test.').find('www.example.test.', 'A');
  expect(found.answers.map(({ name, data }) => `${name} ${data}`)).toEqual([
    'WWW.example.test. Ns.EXAMPLE.test.',
    'ns.example.test. 192.0.2.1',
  ]);
  expect(() => zone('WWW A 192.0.2.2\nwww CNAME ns')).toThrow('must be the only one');
});

test.each([
  ['a name in a delegated zone', 'a.sub.example.test.', 'A', 'referral'],
  ['a name that does not exist', 'none.example.test.', 'A', 'nxdomain'],
  ['a type that the name does not have', 'ns.example.test.', 'AAAA', 'nodata'],
  ['an empty non-terminal', 'b.example.test.', 'A', 'nodata'],
  ['a name of another zone', 'other.test.', 'A', 'refused'],
])('%s: %s %s gets %s', (_, name, type, kind) => {
  const found = zone('sub NS ns.sub\nns.sub A 192.0.2.9\na.b A 192.0.2.2').find(name, type);
  expect(found.kind).toBe(kind);
});

/** NSD 4.6 loads each of these. */
test.each([
  ['an MX whose host lies below a delegation', '@ MX 10 mail.sub\nsub NS ns.other.test.'],
  ['an MX whose host only a wildcard answers', '@ MX 10 a.wild\n*.wild A 192.0.2.3'],
  ['an apex NS that only a wildcard answers', '@ NS ns.wild\n*.wild AAAA 2001:db8::3'],
  ['an apex NS below a delegation', '@ NS ns.sub\nsub NS ns.other.test.'],
  ['an NS of a delegated zone that only a wildcard answers', 'sub NS ns.wild\n*.wild A 192.0.2.3'],
  ['an NS of a delegated zone that is in another delegated zone', 'sub NS ns.sub2\nsub2 NS ns'],
  ['a null MX (RFC 7505)', '@ MX 0 .'],
  ['a duplicate record, which is suppressed (RFC 2181, 5)', 'ns A 192.0.2.1'],
  [
    'a label of 63 bytes, a name of 255',
    `${'a'.repeat(63)} A 192.0.2.2\n${`${'a'.repeat(59)}.`.repeat(4)}example.test. A 192.0.2.2`,
  ],
])('accepts %s', (_, text) => {
  expect(() => zone(text)).not.toThrow();
});

test.each([
  ['@ MX 10 none', 'none.example.test. has no address in this file'],
  ['@ MX 10 none.wild\n*.wild TXT "x"', 'none.wild.example.test. has no address in this file'],
  ['@ MX 10 b\na.b A 192.0.2.3', 'b.example.test. has no address in this file'],
  ['@ MX 10 x.wild\n*.wild CNAME ns', 'x.wild.example.test. is an alias'],
  ['sub NS ns.sub\n*.sub A 192.0.2.3', 'ns.sub.example.test. has no address in this file'],
])('refuses %j: mail or queries could not be delivered', (text, message) => {
  expect(() => zone(text)).toThrow(message);
});

/** NSD 4.6 gives these answers from the same file. */
const BELOW = `mail A 192.0.2.7
mail AAAA 2001:db8::7
same MX 10 mail
same MX 20 MAIL
wild MX 10 x.wild
*.wild A 192.0.2.4
cut MX 10 mail.sub
sub NS ns.sub
sub NS NS.sub
ns.sub A 192.0.2.2
mail.sub A 192.0.2.3
a.*.empty A 192.0.2.5
x.y.empty A 192.0.2.6
`;
test.each([
  ['a host in two records is there once (RFC 2181, 5)', 'same', 'MX', ['192.0.2.7', '2001:db8::7']],
  ['a host that a wildcard answers', 'wild', 'MX', ['192.0.2.4']],
  ['a host in a delegated zone is left out', 'cut', 'MX', []],
  ['a name server of a delegated zone is there once', 'a.sub', 'A', ['192.0.2.2']],
])('additional section: %s', (_, name, type, addresses) => {
  const { additionals } = zone(BELOW).find(`${name}.example.test.`, type);
  expect(additionals.map(({ data }) => data)).toEqual(addresses);
});

test.each([
  ['an empty wildcard covers the names next to it (RFC 4592, 2.2.2)', 'q.empty', 'nodata'],
  ['the empty wildcard itself', '*.empty', 'nodata'],
  ['a name below it', 'q.*.empty', 'nxdomain'],
  ['a name below one that exists', 'z.y.empty', 'nxdomain'],
])('%s', (_, name, kind) => {
  expect(zone(BELOW).find(`${name}.example.test.`, 'A').kind).toBe(kind);
});

test('a duplicate record is answered once (RFC 2181, 5)', () => {
  expect(texts(zone('ns A 192.0.2.1').find('ns.example.test.', 'A'))).toEqual(['ns.example.test. 192.0.2.1']);
});
