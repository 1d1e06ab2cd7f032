import { expect, test } from 'vitest';
import type { Connection } from '../visit/connection.ts';
import { HostConnections } from './connections.ts';

const open = () => ({ usable: true, retire() {} }) as Connection;
const taken = async (connections: HostConnections, times: number) => {
  const slots = [];
  for (let each = 0; each < times; each++) slots.push(await connections.acquire('low'));
  return slots;
};

test('six requests get a connection, the seventh waits for the first that is released', async () => {
  const connections = new HostConnections();
  const slots = await taken(connections, 6);
  expect(slots.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
  const seventh = connections.acquire('low');
  const third = slots[2] ?? expect.fail();
  third.connection = open();
  connections.release(third);
  expect(await seventh).toBe(third);
});

test('an open connection is used before a new one', async () => {
  const connections = new HostConnections();
  const [first, second] = await taken(connections, 2);
  if (!first || !second) expect.fail();
  second.connection = open();
  connections.release(first);
  connections.release(second);
  expect((await connections.acquire('low')).number).toBe(2);
});

test('of those that wait, the highest priority is first, then the order', async () => {
  const connections = new HostConnections();
  const slots = await taken(connections, 6);
  const served: string[] = [];
  const waiting = (['low', 'low', 'highest', 'lowest'] as const).map(async (priority, at) => {
    const slot = await connections.acquire(priority);
    served.push(`${priority} ${at}`);
    connections.release(slot);
  });
  connections.release(slots[0] ?? expect.fail());
  await Promise.all(waiting);
  expect(served).toEqual(['highest 2', 'low 0', 'low 1', 'lowest 3']);
});

test('a connection that has closed is opened again', async () => {
  const connections = new HostConnections();
  const [slot] = await taken(connections, 1);
  if (!slot) expect.fail();
  slot.connection = { usable: false } as Connection;
  connections.release(slot);
  expect((await connections.acquire('low')).connection).toBeUndefined();
});
