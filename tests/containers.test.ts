// The lab as `docker compose up` brings it: the image is built, the composition started on free ports, letters sent.
// With Jaeger where its image is at hand, else with the lab's own store in its place.

import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DockerComposeEnvironment, type StartedDockerComposeEnvironment, Wait } from 'testcontainers';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { readLabConfig } from '../lab/config.ts';
import { sendScenario } from '../lab/send.ts';
import { findScenario, type Scenario } from '../scenarios/scenarios.ts';
import { freePortVariables } from './lab.ts';

const ROOT = join(import.meta.dirname, '..');
const JAEGER = 'jaegertracing/jaeger:2.20.0';
const MINUTES = 60_000;

const noEngine = reasonWithout('docker', ['info']);
const files = reasonWithout('docker', ['image', 'inspect', JAEGER])
  ? ['docker-compose.yml', 'docker-compose.embedded.yml']
  : ['docker-compose.yml'];

describe('docker compose up', () => {
  const project = `waybill-test-${process.pid}`;
  let variables: NodeJS.ProcessEnv;
  let lab: StartedDockerComposeEnvironment;
  let config: ReturnType<typeof readLabConfig>;

  beforeAll(async () => {
    if (noEngine) return;
    process.env.TESTCONTAINERS_RYUK_DISABLED = 'true'; // its helper image would have to be pulled; `down` below cleans up
    variables = await freePortVariables();
    config = readLabConfig(variables);
    lab = await new DockerComposeEnvironment(ROOT, files)
      .withProjectName(project)
      .withEnvironment(variables as Record<string, string>)
      .withBuild()
      .withWaitStrategy('visitor-1', Wait.forHealthCheck())
      .up();
    return () => lab.down({ removeVolumes: true });
  }, 8 * MINUTES);

  test.for(['static', 'dynamic', 'job', 'nowhere'])('brings the same journey: %s', async (name, { skip }) => {
    if (noEngine) skip(noEngine);
    const scenario = findScenario(name) as Scenario;
    const outcomes = await sendScenario(scenario, config);
    expect(outcomes.map(({ status, missing, unexpected }) => ({ status, missing, unexpected }))).toEqual(
      scenario.visits.map(({ status }) => ({ status, missing: [], unexpected: [] })),
    );
  });

  test(
    'workers are added, and all replaced, while letters are on their way: each is answered, by any of them',
    async ({ skip }) => {
      if (noEngine) skip(noEngine);
      const compose = (...args: string[]) =>
        promisify(execFile)('docker', ['compose', ...files.flatMap((file) => ['-f', file]), '-p', project, ...args], {
          cwd: ROOT,
          env: { ...process.env, ...variables },
        });
      const up = (...args: string[]) => compose('up', '-d', '--wait', '--no-deps', ...args, '--scale', 'app=2', 'app');
      const containers = async () => (await compose('ps', '-q', 'app')).stdout.trim().split('\n').sort();

      let isOver = false;
      const seen = { statuses: new Set<number>(), workers: new Set<string>() };
      const sendOn = async () => {
        while (!isOver) {
          const response = await fetch(`http://127.0.0.1:${config.ports.WAYBILL_SITE_PORT}/`);
          const [, worker = 'nobody'] = /written by worker <code>([0-9a-f]{12})</.exec(await response.text()) ?? [];
          seen.statuses.add(response.status);
          seen.workers.add(worker);
        }
      };
      const senders = [sendOn(), sendOn(), sendOn()];
      try {
        await up('--no-recreate');
        const before = await containers();
        await vi.waitFor(() => expect([...seen.workers]).toEqual(expect.arrayContaining(before.map(short))), 20_000);
        await up('--force-recreate');
        const after = await containers();
        expect(after).not.toEqual(before);
        await vi.waitFor(() => expect([...seen.workers]).toEqual(expect.arrayContaining(after.map(short))), 20_000);
      } finally {
        isOver = true;
        await Promise.all(senders);
      }
      expect([...seen.statuses]).toEqual([200]);
    },
    2 * MINUTES,
  );
});

/** A container's name for itself. */
function short(id: string): string {
  return id.slice(0, 12);
}

/** Why a command cannot be run here; undefined when it can. */
function reasonWithout(command: string, args: string[]): string | undefined {
  try {
    execFileSync(command, args, { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `no Docker engine here: \`${command} ${args.join(' ')}\` failed: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}`;
  }
}
