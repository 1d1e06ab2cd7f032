// Where the lab runs to which a release goes: on this machine (npm start), or in containers (docker compose up), where
// releases and static files are volumes that its containers share, and what must be done there is done by one of its image.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { promisify } from 'node:util';
import { CURRENT, RELEASES, SITE } from '../../services/app/release.ts';
import { LabError } from '../command.ts';
import { at, type LabConfig } from '../config.ts';
import { type Places, pointTo } from './places.ts';
import type { Runner } from './runner.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What a release shares with the lab: the framework, and what that needs. */
export const SHARED = ['otel', 'runtime', 'traces', 'node_modules', 'package.json'];

export type Ground = {
  /** Puts a release that was built where workers can find it. */
  deliver: (release: string) => Promise<void>;
  /** Serves `release` from now on, or with undefined the site that the lab came with. */
  pointTo: (release: string | undefined) => Promise<void>;
  /** Runs `script` (of services/app) for the site of `release`; with undefined, for the one that the lab came with. */
  run: (script: string, release: string | undefined, variables: NodeJS.ProcessEnv, runner: Runner) => Promise<string>;
  /** Asks the gateway's control port. Throws with what it says when it refuses. */
  gateway: (method: string, path: string) => Promise<unknown>;
};

/** By which name a process is told its ground. */
export type GroundName = 'here' | 'compose';

/** Finds the lab that runs: on this machine, else in containers. Throws a LabError when none does. */
export async function findGround(config: LabConfig): Promise<GroundName> {
  if (await askHere(config, 'GET', '/workers').catch(() => undefined)) return 'here';
  const isUp = await compose('exec', '-T', 'gateway', 'true').then(
    () => true,
    () => false,
  );
  if (isUp) return 'compose';
  throw new LabError(
    'A release goes to the lab that runs, and none does. Start it in another terminal: npm start, or docker compose up',
  );
}

/** The ground of that name. */
export function groundOf(name: GroundName, places: Places, config: LabConfig): Ground {
  return name === 'here' ? here(places, config) : inContainers(places);
}

function here(places: Places, config: LabConfig): Ground {
  return {
    deliver: async () => {}, // it was built there
    pointTo: async (release) => pointTo(places, release),
    run(script, release, variables, { command }) {
      const site = release === undefined ? join(ROOT, SITE) : join(places.releases, release, SITE);
      const args = ['--import', join(ROOT, 'otel/instrument.ts'), join(ROOT, 'services/app', script)];
      return command(execPath, args, { env: { ...variables, WAYBILL_SITE: site } });
    },
    gateway: (method, path) => askHere(config, method, path),
  };
}

async function askHere(config: LabConfig, method: string, path: string): Promise<unknown> {
  const response = await fetch(`http://${at(config, 'WAYBILL_GATEWAY_CONTROL_PORT')}${path}`, { method });
  return read(response.status, await response.text());
}

/** In the image: where the lab is, and where the volume of releases is. */
const IMAGE = '/waybill';
const VOLUME = `${IMAGE}/.waybill/${RELEASES}`;
/** A container that is gone when it has done its work (docker-compose.yml, profile deploy). */
const ONCE = ['run', '--rm', '-T', '--no-deps', '--quiet-pull'];

function inContainers(places: Places): Ground {
  const shell = (script: string) => compose(...ONCE, 'deploy', 'sh', '-ec', script);
  return {
    async deliver(release) {
      const folder = `${VOLUME}/${release}`;
      const own = readdirSync(join(ROOT, 'services/app')).filter((name) => name !== 'site' && !name.includes('test'));
      const links = [...SHARED, ...own.map((name) => `services/app/${name}`)].map(
        (name) => `ln -s ${IMAGE}/${name} ${name}`,
      );
      const unpack = [`rm -rf ${folder}`, `mkdir -p ${folder}`, `cd ${folder}`, 'tar x', ...links].join('; ');
      const tar = spawn('tar', ['-C', join(places.releases, release), '-c', SITE], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const args = ['compose', ...ONCE, 'deploy', 'sh', '-ec', unpack];
      const there = spawn('docker', args, { cwd: ROOT, stdio: [tar.stdout, 'ignore', 'pipe'] });
      let said = '';
      there.stderr?.on('data', (chunk) => {
        said += chunk;
      });
      const [code] = (await once(there, 'close')) as [number | null];
      if (code !== 0) throw new Error(`the release could not be put into its volume: ${said.trim()}`);
    },
    async pointTo(release) {
      const next = `${VOLUME}/${CURRENT}.next`;
      await shell(
        release === undefined
          ? `rm -f ${VOLUME}/${CURRENT}`
          : `ln -sfn ${release} ${next}; mv -T ${next} ${VOLUME}/${CURRENT}`,
      );
      pointTo(places, release);
    },
    run(script, release, variables, { command }) {
      const site = release === undefined ? `${IMAGE}/${SITE}` : `${VOLUME}/${release}/${SITE}`;
      const env = { ...variables, WAYBILL_SITE: site };
      const passed = [...Object.keys(env), 'TRACEPARENT'].flatMap((name) => ['-e', name]);
      const args = ['--import', './otel/instrument.ts', `services/app/${script}`];
      return command('docker', ['compose', ...ONCE, ...passed, 'deploy', 'node', ...args], { cwd: ROOT, env });
    },
    async gateway(method, path) {
      const script = `fetch('http://127.0.0.1:8183${path}', { method: '${method}' }).then(async (r) => console.log(r.status + '\\n' + await r.text()))`;
      const [status = '', ...body] = (await compose('exec', '-T', 'gateway', 'node', '-e', script)).split('\n');
      return read(Number(status), body.join('\n'));
    },
  };
}

function read(status: number, text: string): unknown {
  const body = JSON.parse(text) as { error?: { message?: string } };
  if (status >= 400) throw new Error(body.error?.message ?? `the gateway answered ${status}`);
  return body;
}

/** `docker compose` with these arguments, of the lab's own files or those that COMPOSE_FILE names; what it printed. */
async function compose(...args: string[]): Promise<string> {
  try {
    return (await promisify(execFile)('docker', ['compose', ...args], { cwd: ROOT })).stdout;
  } catch (error) {
    throw new Error((error as { stderr?: string }).stderr?.trim() || (error as Error).message);
  }
}
