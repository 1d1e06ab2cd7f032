// The lab as a stack on a swarm of one node, for tests: on free ports under a name of its own, and taken down. With Jaeger where
// its image is at hand, else with the lab's own store in its place.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { SWARM } from '../../deploy/swarm.ts';
import { type LabConfig, readLabConfig } from '../../lab/config.ts';
import { makeAuthority } from '../../services/proxy/tls/certificates.ts';
import { freePortVariables } from '../lab.ts';
import { hasJaeger } from './engine.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Nothing waits for anything on a swarm: all of these must be there before somebody asks. */
const ONE_EACH = ['db', 'jaeger', 'dns', 'corner', 'north', 'south', 'harbour', 'gateway', 'proxy', 'visitor'];

export type Stack = {
  config: LabConfig;
  /** Runs so many tasks of a service; resolves when they are up. */
  scale: (service: string, replicas: number) => Promise<void>;
  /** Replaces the tasks of a service, one after another, as a new image would. */
  replace: (service: string) => Promise<void>;
  /** The containers of a service that are up, by their names for themselves. */
  containers: (service: string) => Promise<string[]>;
  down: () => Promise<void>;
};

/** Deploys it, on a swarm that is begun for it unless there is one; resolves when the site has its pages. */
export async function startStack(): Promise<Stack> {
  const name = `waybill-test-${process.pid}`;
  const isOurs = (await docker('info', '--format', '{{.Swarm.LocalNodeState}}')).trim() !== 'active';
  if (isOurs) await docker('swarm', 'init', '--advertise-addr', '127.0.0.1');
  await docker('build', '--quiet', '--tag', 'waybill', ROOT);
  const authority = mkdtempSync(join(tmpdir(), 'waybill-ca-'));
  await makeAuthority(authority);
  const variables = await freePortVariables();
  const file = stackFile(authority);
  const environment = { ...process.env, ...variables, WAYBILL_CA_DIR: authority };
  await run(['stack', 'deploy', '--resolve-image', 'never', '--compose-file', file, name], environment);

  const config = readLabConfig(variables);
  const containers = async (service: string) => {
    const filter = `label=com.docker.swarm.service.name=${name}_${service}`;
    const ids = await docker('ps', '--quiet', '--filter', filter, '--filter', 'health=healthy');
    return ids.trim().split('\n').filter(Boolean);
  };
  const up = (service: string, count: number) =>
    vi.waitFor(async () => expect(await containers(service)).toHaveLength(count), { interval: 500, timeout: 90_000 });
  const down = async () => {
    await docker('stack', 'rm', name);
    const label = `label=com.docker.stack.namespace=${name}`;
    await vi.waitFor(async () => expect((await docker('ps', '--all', '--quiet', '--filter', label)).trim()).toBe(''), {
      interval: 500,
      timeout: 90_000,
    });
    if (isOurs) await docker('swarm', 'leave', '--force');
    const volumes = (await docker('volume', 'ls', '--quiet', '--filter', label)).trim().split('\n').filter(Boolean);
    if (volumes.length > 0) await docker('volume', 'rm', ...volumes);
  };
  try {
    for (const service of ONE_EACH) await up(service, 1);
    await up('app', 2);
    // Nothing waits for the tables to be there: until then a page is an error.
    const isServed = async () => expect((await fetch(`${config.siteUrl}/`)).status).toBe(200);
    await vi.waitFor(isServed, { interval: 200, timeout: 60_000 });
  } catch (error) {
    console.error(await docker('stack', 'ps', '--no-trunc', name));
    await down();
    throw error;
  }
  return {
    config,
    containers,
    down,
    async scale(service, replicas) {
      await docker('service', 'scale', '--detach', `${name}_${service}=${replicas}`);
      await up(service, replicas);
    },
    async replace(service) {
      await docker('service', 'update', '--force', '--quiet', '--detach=false', `${name}_${service}`);
    },
  };
}

/** deploy/swarm.yml with the files that it names, and without Jaeger where there is none. */
function stackFile(authority: string): string {
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
    const { image, command } = services.jaeger;
    const { configs: _, ...jaeger } = stack.services.jaeger;
    const healthcheck = { ...jaeger.healthcheck, test: services.jaeger.healthcheck.test };
    stack.services.jaeger = { ...jaeger, image, command, healthcheck, volumes: ['traces:/waybill/.waybill'] };
    stack.volumes.traces = null;
  }
  const file = join(authority, 'stack.yml');
  writeFileSync(file, stringify(stack));
  return file;
}

const docker = (...args: string[]) => run(args);

async function run(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
  return (await promisify(execFile)('docker', args, { env })).stdout;
}
