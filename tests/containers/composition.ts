// The lab as `docker compose up` starts it, for tests: built under a tag of theirs, started under its own name on free ports, and
// removed. With Jaeger where its image is on this machine, else with the lab's own store.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type LabConfig, readLabConfig } from '../../lab/config.ts';
import { freePortVariables } from '../../lab/fixture.ts';
import { ROOT } from '../../runtime/program.ts';
import { composeFiles, IMAGE, PROJECT } from './engine.ts';

const FILES = [...composeFiles, 'tests/containers/slow.yml'];

export type Composition = {
  config: LabConfig;
  /** The variables of a shell that uses it. */
  environment: NodeJS.ProcessEnv;
  /** Runs `docker compose` on it; resolves with what it printed. */
  compose: (...args: string[]) => Promise<string>;
  /** The containers of a service, by their ids. */
  containers: (service: string) => Promise<string[]>;
  /** Kills a service's process, as a crash would: the engine restarts the container, as it would not after `docker kill`. */
  crash: (service: string) => Promise<void>;
  down: () => Promise<void>;
};

/** Builds and starts it with `extra` variables; resolves when the visitor is healthy. */
export async function startComposition(extra: NodeJS.ProcessEnv = {}): Promise<Composition> {
  const variables = { ...(await freePortVariables()), WAYBILL_IMAGE: IMAGE, ...extra };
  const compose = async (...args: string[]) => {
    const all = ['compose', ...FILES.flatMap((file) => ['-f', file]), '-p', PROJECT, ...args];
    const { stdout } = await promisify(execFile)('docker', all, { cwd: ROOT, env: { ...process.env, ...variables } });
    return stdout;
  };
  await compose('up', '-d', '--build', '--wait');
  return {
    config: readLabConfig(variables),
    environment: { ...variables, COMPOSE_FILE: FILES.join(':'), COMPOSE_PROJECT_NAME: PROJECT },
    compose,
    containers: async (service) => (await compose('ps', '-q', service)).trim().split('\n').sort(),
    crash: async (service) => {
      await compose('exec', '-T', service, 'sh', '-c', 'kill -9 $(cat /proc/1/task/1/children)').catch(() => {});
    },
    down: async () => {
      await compose('down', '--volumes').catch((error: Error) => {
        // The engine may lose count of a network's endpoints when containers are killed; only its restart frees the network.
        if (!error.message.includes('has active endpoints')) throw error;
        console.log(`left on the engine: ${error.message}`);
      });
    },
  };
}
