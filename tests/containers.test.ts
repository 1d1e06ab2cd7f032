// The lab as `docker compose up` brings it: the image is built, the composition started on free ports, letters sent.
// With Jaeger where its image is at hand, else with the lab's own store in its place.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { DockerComposeEnvironment, type StartedDockerComposeEnvironment, Wait } from 'testcontainers';
import { beforeAll, describe, expect, test } from 'vitest';
import { readLabConfig } from '../lab/config.ts';
import { sendScenario } from '../lab/send.ts';
import { findScenario, type Scenario } from '../otel/contract/scenarios.ts';
import { freePortVariables } from './lab.ts';

const ROOT = join(import.meta.dirname, '..');
const JAEGER = 'jaegertracing/jaeger:2.20.0';
const MINUTES = 60_000;

const noEngine = reasonWithout('docker', ['info']);
const files = reasonWithout('docker', ['image', 'inspect', JAEGER])
  ? ['docker-compose.yml', 'docker-compose.embedded.yml']
  : ['docker-compose.yml'];

describe('docker compose up', () => {
  let lab: StartedDockerComposeEnvironment;
  let config: ReturnType<typeof readLabConfig>;

  beforeAll(async () => {
    if (noEngine) return;
    process.env.TESTCONTAINERS_RYUK_DISABLED = 'true'; // its helper image would have to be pulled; `down` below cleans up
    const variables = await freePortVariables();
    config = readLabConfig(variables);
    lab = await new DockerComposeEnvironment(ROOT, files)
      .withProjectName(`waybill-test-${process.pid}`)
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
});

/** Why a command cannot be run here; undefined when it can. */
function reasonWithout(command: string, args: string[]): string | undefined {
  try {
    execFileSync(command, args, { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `no Docker engine here: \`${command} ${args.join(' ')}\` failed: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}`;
  }
}
