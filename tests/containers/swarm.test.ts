// The lab as `docker stack deploy` brings it to a swarm of one node: the same journeys, workers that come and go by the swarm's
// own names, tasks that heal, and several gateways at once.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { sendScenario } from '../../lab/send.ts';
import { findScenario, type Scenario, scenarios } from '../../scenarios/scenarios.ts';
import { noEngine } from './engine.ts';
import { type Stack, startStack } from './stack.ts';

const MINUTES = 60_000;
const HEALED = { interval: 200, timeout: 60_000 };

describe.skipIf(noEngine !== undefined)(`docker stack deploy${noEngine ? ` (${noEngine})` : ''}`, () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
    return stack.down;
  }, 8 * MINUTES);

  test('brings the same journeys', { timeout: 3 * MINUTES }, async () => {
    for (const scenario of scenarios) {
      expect({ name: scenario.name, visits: await outcomes(scenario) }).toEqual(asDesigned(scenario));
    }
  });

  test('six workers are found by their name, and each is given letters', { timeout: 2 * MINUTES }, async () => {
    await stack.scale('app', 6);
    const workers = await stack.containers('app');
    const seen = new Set<string>();
    await vi.waitFor(async () => {
      seen.add((await ask()).worker);
      expect([...seen]).toEqual(expect.arrayContaining(workers));
    }, HEALED);
  });

  test('workers are replaced as by a new image while letters are on their way: each is answered', {
    timeout: 3 * MINUTES,
  }, async () => {
    await stack.scale('app', 2);
    const before = await stack.containers('app');
    const statuses: number[] = [];
    let isOver = false;
    const sending = (async () => {
      while (!isOver) statuses.push((await ask()).status);
    })();
    await stack.replace('app');
    isOver = true;
    await sending;
    const after = await stack.containers('app');
    expect(after.filter((worker) => before.includes(worker))).toEqual([]);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  test.each(['app', 'gateway', 'corner', 'proxy'])(
    'a task of %s that is killed heals',
    {
      timeout: 2 * MINUTES,
    },
    async (service) => {
      const [killed = ''] = await stack.containers(service);
      await promisify(execFile)('docker', ['kill', killed]);
      const dynamic = findScenario('dynamic') as Scenario;
      await vi.waitFor(async () => {
        expect(await stack.containers(service)).not.toContain(killed);
        expect({ name: 'dynamic', visits: await outcomes(dynamic) }).toEqual(asDesigned(dynamic));
      }, HEALED);
    },
  );

  test('with two gateways and two offices at the corner, who signs in stays signed in', {
    timeout: 3 * MINUTES,
  }, async () => {
    await stack.scale('gateway', 2);
    await stack.scale('corner', 2);
    for (const name of ['session', 'job', 'keep-alive', 'static']) {
      const scenario = findScenario(name) as Scenario;
      await vi.waitFor(
        async () => expect({ name, visits: await outcomes(scenario) }).toEqual(asDesigned(scenario)),
        HEALED,
      );
    }
  });

  const outcomes = async (scenario: Scenario) =>
    (await sendScenario(scenario, stack.config)).map(({ status, missing, unexpected }) => ({
      status,
      missing,
      unexpected,
    }));

  /** A page from the site, and the worker that wrote it. */
  async function ask(): Promise<{ status: number; worker: string }> {
    const response = await fetch(`${stack.config.siteUrl}/`);
    const [, worker = 'nobody'] = /written by worker <code>([0-9a-f]{12})</.exec(await response.text()) ?? [];
    return { status: response.status, worker };
  }
});

const asDesigned = ({ name, visits }: Scenario) => ({
  name,
  visits: visits.map(({ status }) => ({ status, missing: [] as string[], unexpected: [] as string[] })),
});
