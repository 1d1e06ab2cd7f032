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
    'the owner before',
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
  ['\nwww IN B 192.0.2.2', 'example.zone:6: "B" is no type of record known here'],
  ['www CH A 192.0.2.2', 'example.zone:5: class CH is not supported'],
  ['www A (192.0.2.2', 'example.zone:5: this parenthesis is never closed'],
  ['t TXT "abc', 'example.zone:5: a quote that is not closed on its line'],
  ['$INCLUDE other.zone', 'example.zone:5: $INCLUDE is not supported'],
  ['www.other. A 192.0.2.2', 'example.zone:5: www.other. is not in the zone example.test.'],
  ['w A 192.0.2.2\nw CNAME ns', 'example.zone:6: a CNAME record must be the only one'],
  ['w 60 A 192.0.2.2\nw A 192.0.2.3', 'example.zone:6: its TTL is 300, but 60 in line 5'],
  ['ns A 192.0.2.1', 'example.zone:5: this record stands in line 4 already'],
  ['sub NS ns.sub', 'example.zone:5: ns.sub.example.test. has no address in this file'],
])('refuses %j, saying where and why', (text, message) => {
  expect(() => zone(text)).toThrow(message);
});

test.each([
  ['refers to the zone below', 'a.sub.example.test.', 'A', 'referral'],
  ['says that there is no such name', 'none.example.test.', 'A', 'nxdomain'],
  ['says that there is no such record', 'ns.example.test.', 'AAAA', 'nodata'],
  ['knows names between', 'b.example.test.', 'A', 'nodata'],
  ['refuses names of other zones', 'other.test.', 'A', 'refused'],
])('%s', (_, name, type, kind) => {
  const found = zone('sub NS ns.sub\nns.sub A 192.0.2.9\na.b A 192.0.2.2').find(name, type);
  expect(found.kind).toBe(kind);
});
