// The lab as a stack on a swarm of one node, for tests: the swarm is started for it, the image has its own tag, ports are free
// ones, and all of it is removed. With Jaeger where its image is on this machine, else with the lab's own store.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { SWARM } from '../../deploy/swarm.ts';
import { type LabConfig, readLabConfig } from '../../lab/config.ts';
import { freePortVariables } from '../../lab/fixture.ts';
import { ROOT } from '../../runtime/program.ts';
import { makeAuthority } from '../../services/proxy/tls/certificates.ts';
import { hasJaeger, IMAGE, PROJECT } from './engine.ts';

/** No service of a stack waits for another: tests wait for all of these. */
const ONE_EACH = ['db', 'jaeger', 'dns', 'corner', 'north', 'south', 'harbour', 'gateway', 'proxy', 'visitor'];

export type Stack = {
  config: LabConfig;
  /** Runs `replicas` tasks of a service; resolves when they are up. */
  scale: (service: string, replicas: number) => Promise<void>;
  /** Replaces the tasks of a service, one after another, as a new image would. */
  replace: (service: string) => Promise<void>;
  /** The healthy containers of a service, by their host names. */
  containers: (service: string) => Promise<string[]>;
  down: () => Promise<void>;
};

/** Starts a swarm and deploys the lab; resolves when the site has its pages. */
export async function startStack(): Promise<Stack> {
  await docker('build', '--quiet', '--tag', IMAGE, ROOT);
  const secrets = mkdtempSync(join(tmpdir(), 'waybill-secrets-'));
  await makeAuthority(secrets);
  writeFileSync(join(secrets, 'secret-key'), randomBytes(48).toString('base64'));
  const variables = { ...(await freePortVariables()), WAYBILL_IMAGE: IMAGE };
  const file = stackFile(secrets);
  const environment = { ...process.env, ...variables, WAYBILL_SECRETS: secrets };
  const config = readLabConfig(variables);
  const containers = async (service: string) => {
    const filter = `label=com.docker.swarm.service.name=${PROJECT}_${service}`;
    const ids = await docker('ps', '--quiet', '--filter', filter, '--filter', 'health=healthy');
    return ids.trim().split('\n').filter(Boolean);
  };
  const up = (service: string, count: number) =>
    vi.waitFor(async () => expect(await containers(service)).toHaveLength(count), { interval: 500 });
  const down = async () => {
    await docker('stack', 'rm', PROJECT);
    const label = `label=com.docker.stack.namespace=${PROJECT}`;
    await vi.waitFor(async () => expect((await docker('ps', '--all', '--quiet', '--filter', label)).trim()).toBe(''), {
      interval: 500,
    });
    await docker('swarm', 'leave', '--force');
    const volumes = (await docker('volume', 'ls', '--quiet', '--filter', label)).trim().split('\n').filter(Boolean);
    if (volumes.length > 0) await docker('volume', 'rm', ...volumes);
    if (!networks.includes('docker_gwbridge')) await docker('network', 'rm', 'docker_gwbridge').catch(() => {});
  };
  console.log('container tests start a swarm on this Docker engine, and leave it at the end');
  const networks = await docker('network', 'ls', '--format', '{{.Name}}');
  await docker('swarm', 'init', '--advertise-addr', '127.0.0.1');
  try {
    await run(['stack', 'deploy', '--resolve-image', 'never', '--compose-file', file, PROJECT], environment);
    for (const service of ONE_EACH) await up(service, 1);
    await up('app', 2);
    // Until the tables are there, a page is an error.
    const isServed = async () => expect((await fetch(`${config.siteUrl}/`)).status).toBe(200);
    await vi.waitFor(isServed, { interval: 200 });
  } catch (error) {
    console.error(await docker('stack', 'ps', '--no-trunc', PROJECT));
    await down();
    throw error;
  }
  return {
    config,
    containers,
    down,
    async scale(service, replicas) {
      await docker('service', 'scale', '--detach', `${PROJECT}_${service}=${replicas}`);
      await up(service, replicas);
    },
    async replace(service) {
      await docker('service', 'update', '--force', '--quiet', '--detach=false', `${PROJECT}_${service}`);
    },
  };
}

/** deploy/swarm.yml with the files that it names, and without Jaeger where there is none. */
function stackFile(folder: string): string {
  const stack = parse(readFileSync(join(ROOT, SWARM), 'utf8'));
  for (const config of Object.values<{ file: string }>(stack.configs)) config.file = join(ROOT, 'deploy', config.file);
  if (!hasJaeger) {
    const { services } = parse(readFileSync(join(ROOT, 'docker-compose.embedded.yml'), 'utf8'), {
      customTags: ['!reset', '!override'].map((tag) => ({
        tag,
        collection: 'seq' as const,
        resolve: (all: unknown) => all,
      })),
    });
    const { command } = services.jaeger;
    const { configs: _, ...jaeger } = stack.services.jaeger;
    const healthcheck = { ...jaeger.healthcheck, test: services.jaeger.healthcheck.test };
    stack.services.jaeger = { ...jaeger, image: IMAGE, command, healthcheck, volumes: ['traces:/waybill/.waybill'] };
    stack.volumes.traces = null;
  }
  for (const { healthcheck } of Object.values<{ healthcheck?: { interval: string } }>(stack.services)) {
    if (healthcheck) healthcheck.interval = '3s'; // a test waits for it at every start
  }
  const file = join(folder, 'stack.yml');
  writeFileSync(file, stringify(stack));
  return file;
}

const docker = (...args: string[]) => run(args);

async function run(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
  return (await promisify(execFile)('docker', args, { env })).stdout;
}
