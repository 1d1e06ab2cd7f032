import { once } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLongLink } from './long-link.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout'] }));
afterEach(() => void vi.useRealTimers());

test('chunks, and then the end, come out in order, each after the delay', async () => {
  const link = createLongLink(40);
  const received: string[] = [];
  link.on('data', (chunk) => received.push(String(chunk)));
  const ended = once(link, 'end');
  link.write('first');
  await vi.advanceTimersByTimeAsync(20);
  link.end('second');
  await vi.advanceTimersByTimeAsync(19);
  expect(received).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(received).toEqual(['first']);
  await vi.advanceTimersByTimeAsync(20);
  expect(received).toEqual(['first', 'second']);
  await ended;
});

test('a sender waits while 4 MiB are on the way or not read', async () => {
  const link = createLongLink(40);
  const accepted = vi.fn();
  link.write(Buffer.alloc(4 * 1024 * 1024), accepted);
  await vi.advanceTimersByTimeAsync(40);
  expect(accepted).not.toHaveBeenCalled();
  link.read();
  await vi.advanceTimersByTimeAsync(0);
  expect(accepted).toHaveBeenCalledOnce();
});
