// The lab in containers: every scenario through published ports, workers added and replaced, each service killed and
// healed, its stores started again, and all of it taken down with every span delivered.

import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Told } from '../../lab/deploy/laptop.ts';
import { sendScenario } from '../../lab/send.ts';
import { findScenario, type Scenario, scenarios } from '../../scenarios/scenarios.ts';
import type { VisitAnswer } from '../../services/visitor/api.ts';
import { type Composition, startComposition } from './composition.ts';
import { noEngine } from './engine.ts';

const ROOT = join(import.meta.dirname, '../..');
const MINUTES = 60_000;
const HEALED = { interval: 200, timeout: 60_000 };

describe.skipIf(noEngine !== undefined)(`docker compose up${noEngine ? ` (${noEngine})` : ''}`, () => {
  const home = mkdtempSync(join(tmpdir(), 'waybill-deploy-'));
  let lab: Composition;
  beforeAll(async () => {
    lab = await startComposition();
    return lab.down;
  }, 8 * MINUTES);

  test.for(scenarios)('brings the same journey: $name', { timeout: MINUTES }, async (scenario) => {
    expect(await outcomes(scenario)).toEqual(asDesigned(scenario));
  });

  test('four workers are found by their name, and each is given letters', { timeout: 2 * MINUTES }, async () => {
    await lab.compose('up', '-d', '--wait', '--no-deps', '--no-recreate', '--scale', 'app=4', 'app');
    const workers = (await lab.containers('app')).map(short);
    expect(workers).toHaveLength(4);
    const seen = new Set<string>();
    await vi.waitFor(async () => {
      seen.add((await ask()).worker);
      expect([...seen]).toEqual(expect.arrayContaining(workers));
    }, HEALED);
    await lab.compose('up', '-d', '--wait', '--no-deps', '--no-recreate', '--scale', 'app=2', 'app');
  });

  test('workers are all replaced while letters are on their way: each is answered', {
    timeout: 2 * MINUTES,
  }, async () => {
    const before = await lab.containers('app');
    const load = sendOn(ask);
    await lab.compose('up', '-d', '--wait', '--no-deps', '--force-recreate', '--scale', 'app=2', 'app');
    const after = await lab.containers('app');
    expect(after).not.toEqual(before);
    await vi.waitFor(() => {
      expect(load.seen.map(({ worker }) => worker)).toEqual(expect.arrayContaining(after.map(short)));
    }, HEALED);
    await load.stop();
    expect(new Set(load.seen.map(({ status }) => status))).toEqual(new Set([200]));
  });

  test('a change goes to containers as it goes to npm start, and each letter is answered', {
    timeout: 3 * MINUTES,
  }, async () => {
    const load = sendOn(ask, 1); // it takes its time, and Jaeger keeps what comes in memory
    const told = await deploy('--change', 'title');
    await load.stop();
    expect(told).toEqual({ traceId: expect.any(String), isDone: true, release: expect.any(String) }); // else with why
    expect(await release()).toBe(told.release);
    expect(new Set(load.seen.map(({ status }) => status))).toEqual(new Set([200]));
    const style = /href="(\/static\/style[^"]+)"/.exec(await page())?.[1] ?? '';
    expect((await fetch(lab.config.siteUrl + style)).status).toBe(200);
  });

  test('the site that the image came with is served again', { timeout: 2 * MINUTES }, async () => {
    const told = await deploy('--rollback', '--to', 'working-tree');
    expect(told).toEqual({ traceId: expect.any(String), isDone: true, release: null });
    expect(await release()).toBeUndefined();
  });

  // What a visitor may meet while the service is away; with a worker less, nothing.
  test.for([
    ['dns', ['lookup_timeout', 'ECONNREFUSED', 'SERVFAIL']],
    ['corner', ['ECONNREFUSED', 'connect_timeout', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']],
    ['harbour', ['ECONNRESET', 'ECONNREFUSED']],
    ['proxy', ['ECONNRESET', 'ECONNREFUSED']],
    ['gateway', [502]],
    ['app', []],
  ] as const)(
    '%s is killed under load: the traces say so, and it heals',
    { timeout: 3 * MINUTES },
    async ([service, may]) => {
      const load = sendOn(visit);
      try {
        await lab.crash(service);
        await vi.waitFor(async () => expect(await restarts(await lab.containers(service))).toBeGreaterThan(0), HEALED);
        await vi.waitFor(async () => {
          const scenario = findScenario('dynamic') as Scenario;
          expect(await outcomes(scenario)).toEqual(asDesigned(scenario));
        }, HEALED);
      } finally {
        await load.stop();
      }
      const met = new Set(load.seen.filter(({ status }) => status !== 200).map(({ status, code }) => code ?? status));
      expect(met.difference(new Set<string | number | null>(may))).toEqual(new Set());
      // Who looks a name up tries twice: the phonebook may be back before anybody has noticed.
      if (service !== 'dns') expect(met.size > 0).toBe(may.length > 0);
    },
  );

  test('the visitor is killed, and is back', { timeout: MINUTES }, async () => {
    await lab.crash('visitor');
    await vi.waitFor(async () => {
      const scenario = findScenario('static') as Scenario;
      expect(await outcomes(scenario)).toEqual(asDesigned(scenario));
    }, HEALED);
  });

  test.for(['db', 'jaeger'])('%s is started again, and the lab goes on', { timeout: 2 * MINUTES }, async (service) => {
    await lab.compose('restart', service);
    await vi.waitFor(async () => {
      const scenario = findScenario('letter') as Scenario;
      expect(await outcomes(scenario)).toEqual(asDesigned(scenario));
    }, HEALED);
  });

  test('all that make spans are stopped in time, and the last letter is filed whole', {
    timeout: 2 * MINUTES,
  }, async () => {
    const { traceId } = await visit();
    const services = ['visitor', 'dns', 'corner', 'north', 'south', 'harbour', 'proxy', 'gateway', 'app'];
    await lab.compose('stop', ...services);
    const codes = await lab.compose('ps', '--all', '--format', '{{.ExitCode}}', ...services);
    expect(new Set(codes.trim().split('\n'))).toEqual(new Set(['0'])); // 137 is one that had to be killed
    const response = await fetch(`${lab.config.jaegerUrl}/api/v3/traces/${traceId}`);
    expect((await response.text()).match(/"spanId"/g)?.length).toBeGreaterThan(15);
  });

  const outcomes = async (scenario: Scenario) =>
    (await sendScenario(scenario, lab.config)).map(({ status, missing, unexpected }) => ({
      status,
      missing,
      unexpected,
    }));

  const page = async () => (await fetch(`${lab.config.siteUrl}/`)).text();
  const release = async () => /release <code>(.+?)<\/code>/.exec(await page())?.[1];

  /** `npm run deploy` from the host, in a home of its own. */
  async function deploy(...args: string[]): Promise<Told> {
    const env = { ...process.env, ...lab.environment, WAYBILL_HOME: home };
    const typed = [join(ROOT, 'lab/guard.js'), 'deploy', ...args, '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, typed, { env }).catch((failed) => failed);
    return JSON.parse(stdout) as Told;
  }

  /** A page from the site, and the worker that wrote it. */
  async function ask(): Promise<{ status: number; worker: string }> {
    const response = await fetch(`${lab.config.siteUrl}/`);
    const [, worker = 'nobody'] = /written by worker <code>([0-9a-f]{12})</.exec(await response.text()) ?? [];
    return { status: response.status, worker };
  }

  /** A visit, and why it got no answer. */
  async function visit(): Promise<{ status: number | null; code: string | undefined; traceId: string }> {
    const body = JSON.stringify({ url: 'http://tatis.test/' });
    const response = await fetch(`${lab.config.visitorUrl}/visits`, { method: 'POST', body });
    const { status, error, traceId } = (await response.json()) as VisitAnswer;
    return { status, code: error?.code, traceId };
  }
});

/** How often the engine has started one of them again. */
async function restarts(containers: readonly string[]): Promise<number> {
  const { stdout } = await promisify(execFile)('docker', ['inspect', '--format', '{{.RestartCount}}', ...containers]);
  return Math.max(...stdout.trim().split('\n').map(Number));
}

const asDesigned = ({ visits }: Scenario) =>
  visits.map(({ status }) => ({ status, missing: [] as string[], unexpected: [] as string[] }));

/** Some who `send` again and again until they are stopped; `seen` is what came of it. */
function sendOn<T>(send: () => Promise<T>, count = 3) {
  const seen: T[] = [];
  let isOver = false;
  const senders = Array.from({ length: count }, async () => {
    while (!isOver) seen.push(await send());
  });
  return {
    seen,
    stop: async () => {
      isOver = true;
      await Promise.all(senders);
    },
  };
}

/** A container's name for itself. */
function short(id: string): string {
  return id.slice(0, 12);
}
