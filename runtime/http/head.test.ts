import { expect, onTestFinished, test, vi } from 'vitest';
import { areHeadsShown, headText } from './head.ts';

test('a head is its first line, a line for each field, and an empty one', () => {
  expect(
    headText('GET / HTTP/1.1', { host: 'tatis.test', accept: ['a', 'b'], 'content-length': 3, gone: undefined }),
  ).toBe('GET / HTTP/1.1\r\nhost: tatis.test\r\naccept: a\r\naccept: b\r\ncontent-length: 3\r\n\r\n');
  expect(headText('HTTP/1.1 200 OK', ['Server', 'a', 'Vary', 'Cookie'])).toBe(
    'HTTP/1.1 200 OK\r\nServer: a\r\nVary: Cookie\r\n\r\n',
  );
});

test.each([
  ['Cookie', 'sessionid=0123456789; csrftoken=abcdefgh; a=1', 'sessionid=0123…; csrftoken=abcd…; a=1'],
  ['set-cookie', 'sessionid=0123456789; Path=/; HttpOnly', 'sessionid=0123…; Path=/; HttpOnly'],
  ['Authorization', 'Basic b2xhOm9sYQ==', 'Basic b2xh…'],
  ['X-CSRFToken', 'abcdefgh', 'abcd…'],
  ['Authorization', 'b2xhOm9sYQ==', 'b2xh…'],
  ['Vary', 'Cookie, Accept-Encoding', 'Cookie, Accept-Encoding'],
  ['Referer', 'http://ola:secret@tatis.test/', 'http://REDACTED:REDACTED@tatis.test/'],
])('%s: %s is shown as %s', (name, value, shown) => {
  expect(headText('x', [name, value])).toBe(`x\r\n${name}: ${shown}\r\n\r\n`);
});

test('of a very long head the beginning is shown', () => {
  expect(headText('x', { a: 'b'.repeat(100_000) })).toHaveLength(8 * 1024 + 1);
});

test('of a crowd of requests the first 50 of each second are shown', () => {
  vi.useFakeTimers({ toFake: ['performance'], now: 0 });
  onTestFinished(() => void vi.useRealTimers());
  const shownOf = (asked: number) => Array.from({ length: asked }, areHeadsShown).filter(Boolean).length;
  vi.advanceTimersByTime(1000);
  expect(shownOf(80)).toBe(50);
  vi.advanceTimersByTime(999);
  expect(shownOf(80)).toBe(0);
  vi.advanceTimersByTime(1);
  expect(shownOf(20)).toBe(20);
});
