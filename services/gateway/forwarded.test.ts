import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { dropForwarded, networks } from './forwarded.ts';

test.each([
  ['127.0.0.1,::1', '127.0.0.1', true],
  ['127.0.0.1', '127.0.0.2', false],
  ['127.0.0.1', '::ffff:127.0.0.1', true],
  [' 10.0.0.0/8 , fd00::/8', '10.2.3.4', true],
  ['10.0.0.0/8,fd00::/8', 'fd12::1', true],
  ['10.0.0.0/8', '::ffff:10.2.3.4', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['*', '203.0.113.1', true],
  ['*', '2001:db8::1', true],
  ['', '127.0.0.1', false],
])('with %j, headers of the proxy at %s are passed on: %s', (text, remoteAddress, isPassed) => {
  const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.1', forwarded: 'for=_', host: 'a' };
  const socket = { remoteAddress, remoteFamily: remoteAddress.includes(':') ? 'IPv6' : 'IPv4' };
  dropForwarded(headers, { socket } as IncomingMessage, networks(text));
  expect(Object.keys(headers)).toHaveLength(isPassed ? 4 : 1);
});

test.each(['a', '10.0.0.0/33', '10.0.0.0/', '::/129', '127.0.0.1/x'])('%j is not a list of networks', (text) => {
  expect(() => networks(`127.0.0.1,${text}`)).toThrow(`"${text}" is not an address or a network`);
});
