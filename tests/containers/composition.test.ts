// The lab in containers: every scenario through published ports, workers added and replaced, each service killed and
// restarted, its stores restarted, and all of it stopped with every span delivered.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { sendVisit } from '../../lab/cli/send.ts';
import type { DeployResult } from '../../lab/deploy/developer.ts';
import { ROOT } from '../../runtime/program.ts';
import { scenarios } from '../../scenarios/scenarios.ts';
import type { VisitAnswer } from '../../services/visitor/api.ts';
import { type Composition, startComposition } from './composition.ts';
import { noEngine } from './engine.ts';
import { expectedOutcomes, fetchPage, outcomesOf } from './visits.ts';

const MINUTES = 60_000;
const HEALED = { interval: 200 };
/** Between the requests of a sender: without a pause they would take as much of the machine as the containers that start. */
const BETWEEN_MS = 20;

describe.skipIf(noEngine)(`docker compose up${noEngine ? ` (${noEngine})` : ''}`, () => {
  const home = mkdtempSync(join(tmpdir(), 'waybill-deploy-'));
  /** The learner's own app, on the host, at every address. */
  const ownApp = createServer((_, response) => response.end('mine'));
  let lab: Composition;
  beforeAll(async () => {
    await once(ownApp.listen(0), 'listening');
    const { port } = ownApp.address() as AddressInfo;
    lab = await startComposition({ WAYBILL_APP: `http://host.docker.internal:${port}` });
    return async () => {
      ownApp.close();
      await lab.down();
    };
  }, 15 * MINUTES);

  test.for(scenarios)('has the same trace of $name', { timeout: 3 * MINUTES }, async ({ name }) => {
    expect(await outcomesOf(name, lab.config)).toEqual(expectedOutcomes(name));
  });

  test("the learner's own app on the host is behind the gateway (WAYBILL_APP)", async () => {
    const { status, complete, spans } = await sendVisit(new URL('http://my.test/'), lab.config);
    const attempt = spans.find(({ attributes }) => attributes['waybill.own_app'] === true);
    expect({ status, complete, attempt }).toMatchObject({
      ...{ status: 200, complete: true },
      attempt: { service: 'gateway', attributes: { 'server.address': 'host.docker.internal' } },
    });
  });

  test('the visitor has the certificate of the authority, and no private key', async () => {
    const files = await lab.compose('exec', '-T', 'visitor', 'find', '.waybill', '-type', 'f');
    expect(files.match(/\S+\.(pem|key)\b/g)).toContain('.waybill/tls/ca.pem');
    expect(files).not.toContain('.key');
  });

  test('workers sign with a key made for this lab; published on loopback alone, an error shows its stack', async () => {
    const [first, second] = await Promise.all(
      ['1', '2'].map((index) =>
        lab.compose('exec', '-T', '--index', index, 'app', 'cat', '.waybill/secrets/secret-key'),
      ),
    );
    expect(first).toMatch(/^[\w+/]{64}\n$/);
    expect(second).toBe(first);
    expect(await (await fetch(`${lab.config.siteUrl}/error/`)).text()).toContain('class="stack"');
  });

  test('four workers are found by their name, and each gets requests', { timeout: 10 * MINUTES }, async () => {
    await lab.compose('up', '-d', '--wait', '--no-deps', '--no-recreate', '--scale', 'app=4', 'app');
    const workers = (await lab.containers('app')).map(short);
    expect(workers).toHaveLength(4);
    const seen = new Set<string>();
    await vi.waitFor(async () => {
      seen.add((await fetchPage(lab.config)).worker);
      expect([...seen]).toEqual(expect.arrayContaining(workers));
    }, HEALED);
    await lab.compose('up', '-d', '--wait', '--no-deps', '--no-recreate', 'app');
  });

  test('all workers are replaced under load: each request is answered', { timeout: 10 * MINUTES }, async () => {
    const before = await lab.containers('app');
    const load = sendOn(() => fetchPage(lab.config));
    await lab.compose('up', '-d', '--wait', '--no-deps', '--force-recreate', 'app');
    const after = await lab.containers('app');
    expect(after).not.toEqual(before);
    await vi.waitFor(() => {
      expect(load.seen.map(({ worker }) => worker)).toEqual(expect.arrayContaining(after.map(short)));
    }, HEALED);
    await load.stop();
    expect(new Set(load.seen.map(({ status }) => status))).toEqual(new Set([200]));
  });

  test('a change is deployed to containers as to npm start, and each request is answered', {
    timeout: 10 * MINUTES,
  }, async () => {
    const load = sendOn(() => fetchPage(lab.config), 1); // a deployment takes long, and Jaeger keeps all traces in memory
    const result = await deploy('--change', 'title');
    await load.stop();
    expect(result).toEqual({ traceId: expect.any(String), isDone: true, release: expect.any(String) }); // else with why
    expect(await release()).toBe(result.release);
    expect(new Set(load.seen.map(({ status }) => status))).toEqual(new Set([200]));
    const style = /href="(\/static\/style[^"]+)"/.exec(await page())?.[1] ?? '';
    expect((await fetch(lab.config.siteUrl + style)).status).toBe(200);
  });

  test('the site of the image is served again', { timeout: 10 * MINUTES }, async () => {
    const result = await deploy('--rollback', '--to', 'working-tree');
    expect(result).toEqual({ traceId: expect.any(String), isDone: true, release: null });
    expect(await release()).toBeUndefined();
  });

  // The failures that a visitor may see until the service is restarted; none for a worker.
  test.for([
    ['dns', ['lookup_timeout', 'ECONNREFUSED', 'SERVFAIL']],
    ['corner', ['ECONNREFUSED', 'connect_timeout', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']],
    ['harbour', ['ECONNRESET', 'ECONNREFUSED']],
    ['proxy', ['ECONNRESET', 'ECONNREFUSED']],
    ['gateway', [502]],
    ['app', []],
  ] as const)(
    '%s is killed under load: traces show it, and it is restarted',
    { timeout: 10 * MINUTES },
    async ([service, may]) => {
      const load = sendOn(visit);
      try {
        await lab.crash(service);
        await vi.waitFor(async () => expect(await restarts(await lab.containers(service))).toBeGreaterThan(0), HEALED);
        await vi.waitFor(
          async () => expect(await outcomesOf('dynamic', lab.config)).toEqual(expectedOutcomes('dynamic')),
          HEALED,
        );
      } finally {
        await load.stop();
      }
      const met = new Set(load.seen.filter(({ status }) => status !== 200).map(({ status, code }) => code ?? status));
      expect(met.difference(new Set<string | number | null>(may))).toEqual(new Set());
      // A visitor looks a name up twice: the DNS server may be restarted in between.
      if (service !== 'dns') expect(met.size > 0).toBe(may.length > 0);
    },
  );

  test('the visitor is killed, and is restarted', { timeout: 10 * MINUTES }, async () => {
    await lab.crash('visitor');
    await vi.waitFor(
      async () => expect(await outcomesOf('static', lab.config)).toEqual(expectedOutcomes('static')),
      HEALED,
    );
  });

  test.for(['db', 'jaeger'])('%s is restarted, and requests succeed', { timeout: 10 * MINUTES }, async (service) => {
    await lab.compose('restart', service);
    await vi.waitFor(
      async () => expect(await outcomesOf('letter', lab.config)).toEqual(expectedOutcomes('letter')),
      HEALED,
    );
  });

  test('all services stop in time, and the last trace is complete', { timeout: 10 * MINUTES }, async () => {
    const { traceId } = await visit();
    const services = ['visitor', 'dns', 'corner', 'north', 'south', 'harbour', 'proxy', 'gateway', 'app'];
    await lab.compose('stop', ...services);
    const codes = await lab.compose('ps', '--all', '--format', '{{.ExitCode}}', ...services);
    expect(new Set(codes.trim().split('\n'))).toEqual(new Set(['0'])); // 137: it had to be killed
    const response = await fetch(`${lab.config.jaegerUrl}/api/v3/traces/${traceId}`);
    expect((await response.text()).match(/"spanId"/g)?.length).toBeGreaterThan(15);
  });

  const page = async () => (await fetch(`${lab.config.siteUrl}/`)).text();
  const release = async () => /release <code>(.+?)<\/code>/.exec(await page())?.[1];

  /** `npm run deploy` from the host, in a home of its own. */
  async function deploy(...args: string[]): Promise<DeployResult> {
    const env = { ...process.env, ...lab.environment, WAYBILL_HOME: home };
    const typed = [join(ROOT, 'lab/guard.js'), 'deploy', ...args, '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, typed, { env }).catch((failed) => failed);
    return JSON.parse(stdout) as DeployResult;
  }

  /** A visit, and the code of its failure. */
  async function visit(): Promise<{ status: number | null; code: string | undefined; traceId: string }> {
    const body = JSON.stringify({ url: 'http://tatis.test/' });
    const response = await fetch(`${lab.config.visitorUrl}/visits`, { method: 'POST', body });
    const { status, error, traceId } = (await response.json()) as VisitAnswer;
    return { status, code: error?.code, traceId };
  }
});

/** How often the engine has restarted the one that it restarted most often. */
async function restarts(containers: readonly string[]): Promise<number> {
  const { stdout } = await promisify(execFile)('docker', ['inspect', '--format', '{{.RestartCount}}', ...containers]);
  return Math.max(...stdout.trim().split('\n').map(Number));
}

/** Calls `send` in `count` loops until they are stopped; `seen` has the results. */
function sendOn<T>(send: () => Promise<T>, count = 3) {
  const seen: T[] = [];
  let isOver = false;
  const senders = Array.from({ length: count }, async () => {
    while (!isOver) {
      seen.push(await send());
      await delay(BETWEEN_MS);
    }
  });
  return {
    seen,
    stop: async () => {
      isOver = true;
      await Promise.all(senders);
    },
  };
}

/** A container's host name. */
function short(id: string): string {
  return id.slice(0, 12);
}
