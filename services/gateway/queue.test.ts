import { expect, test } from 'vitest';
import { Queue } from './queue.ts';

/** A queue for the workers that `give` has made free. */
function queueOf({ queueDepth = 10, queueWait = 1000 } = {}) {
  const free: { id: number }[] = [];
  const queue = new Queue(() => free.shift(), { queueDepth, queueWait });
  const give = (id: number) => {
    free.push({ id });
    queue.serve();
  };
  const enter = (isRetry = false) => queue.enter(isRetry, { onClientGone: new Set() });
  return { queue, give, enter };
}

test('a free worker is found without waiting', async () => {
  const { give, enter } = queueOf();
  give(1);
  expect(await enter()).toEqual({ id: 1 });
});

test('requests are served in the order in which they came', async () => {
  const { give, enter } = queueOf();
  const requests = [enter(), enter(), enter()];
  for (const id of [1, 2, 3]) give(id);
  expect(await Promise.all(requests)).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
});

test('a request whose worker was lost goes before those that still wait', async () => {
  const { give, enter } = queueOf();
  const waiting = enter();
  const retry = enter(true);
  give(1);
  give(2);
  expect([await retry, await waiting]).toEqual([{ id: 1 }, { id: 2 }]);
});

test('a full queue refuses at once, but not a retry', async () => {
  const { queue, enter } = queueOf({ queueDepth: 1 });
  void enter();
  expect(await enter()).toBe('full');
  void enter(true);
  expect(queue.depth).toBe(2);
});

test('a request that has waited too long leaves with timeout', async () => {
  const { queue, enter } = queueOf({ queueWait: 5 });
  expect(await enter()).toBe('timeout');
  expect(queue.depth).toBe(0);
});

test('a request whose client closes the connection leaves the queue at once', async () => {
  const { queue } = queueOf();
  const client = { onClientGone: new Set<() => void>() };
  const entered = queue.enter(false, client);
  expect(queue.depth).toBe(1);
  for (const act of client.onClientGone) act();
  expect(queue.depth).toBe(0);
  expect(await entered).toBe('abandoned');
});
