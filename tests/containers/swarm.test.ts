// The lab as `docker stack deploy` starts it on a swarm of one node: the same traces, workers that the gateway finds in the swarm's
// DNS, tasks that are replaced, and several gateways at once.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { noSwarm } from './engine.ts';
import { type Stack, startStack } from './stack.ts';
import { expectedOutcomes, fetchPage, outcomesOf } from './visits.ts';

const MINUTES = 60_000;
const HEALED = { interval: 200 };
const noStack = noSwarm();

describe.skipIf(noStack)(`docker stack deploy${noStack ? ` (${noStack})` : ''}`, () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
    return stack.down;
  }, 15 * MINUTES);

  // Every scenario is sent in the composition, whose containers are the same.
  test.for(['static', 'dynamic', 'signed-in-letter', 'https', 'crash', 'rerouted'])(
    'has the same trace of %s',
    { timeout: 10 * MINUTES },
    async (name) => {
      expect(await outcomesOf(name, stack.config)).toEqual(expectedOutcomes(name));
    },
  );

  test('six workers are found by their name, and each gets requests', { timeout: 10 * MINUTES }, async () => {
    await stack.scale('app', 6);
    const workers = await stack.containers('app');
    const seen = new Set<string>();
    await vi.waitFor(async () => {
      seen.add((await fetchPage(stack.config)).worker);
      expect([...seen]).toEqual(expect.arrayContaining(workers));
    }, HEALED);
  });

  test('workers are replaced under load, as by a new image: each request is answered', {
    timeout: 10 * MINUTES,
  }, async () => {
    await stack.scale('app', 2);
    const before = await stack.containers('app');
    const statuses: number[] = [];
    let isOver = false;
    const sending = (async () => {
      while (!isOver) statuses.push((await fetchPage(stack.config)).status);
    })();
    await stack.replace('app');
    isOver = true;
    await sending;
    const after = await stack.containers('app');
    expect(after.filter((worker) => before.includes(worker))).toEqual([]);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  test.each(['app', 'gateway', 'corner', 'proxy'])(
    'a task of %s that is killed is replaced',
    {
      timeout: 10 * MINUTES,
    },
    async (service) => {
      const [killed = ''] = await stack.containers(service);
      await promisify(execFile)('docker', ['kill', killed]);
      await vi.waitFor(async () => {
        expect(await stack.containers(service)).not.toContain(killed);
        expect(await outcomesOf('dynamic', stack.config)).toEqual(expectedOutcomes('dynamic'));
      }, HEALED);
    },
  );

  test('with two gateways and two routers at the entry, a session holds', { timeout: 10 * MINUTES }, async () => {
    await stack.scale('gateway', 2);
    await stack.scale('corner', 2);
    for (const name of ['session', 'job', 'keep-alive', 'static']) {
      await vi.waitFor(
        async () =>
          expect({ name, visits: await outcomesOf(name, stack.config) }).toEqual({
            name,
            visits: expectedOutcomes(name),
          }),
        HEALED,
      );
    }
  });

  test('the page of an error shows no stack trace', async () => {
    const response = await fetch(`${stack.config.siteUrl}/error/`);
    const hasStack = (await response.text()).includes('class="stack"');
    expect({ status: response.status, hasStack }).toEqual({ status: 500, hasStack: false });
  });
});
