// The lab to which a release is deployed: on this machine (npm start), or in containers (docker compose up), where releases
// and static files are volumes that its containers share, and a container of its image does what must be done there.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { promisify } from 'node:util';
import { programArguments, ROOT } from '../../runtime/program.ts';
import { CURRENT, RELEASES, SITE } from '../../services/app/release.ts';
import { LabError } from '../cli/command.ts';
import { at, type LabConfig } from '../config.ts';
import { type DeployPaths, releaseFolder } from './paths.ts';
import { linkFramework, pointTo } from './releases.ts';
import type { Runner } from './tasks.ts';

export type Target = {
  /** Puts a release that was built where workers can find it. */
  deliver: (release: string) => Promise<void>;
  /** Serves `release` from now on, or with undefined the working tree (in containers: the site of the image). */
  pointTo: (release: string | undefined) => Promise<void>;
  /** Runs `script` (of services/app) for the site of `release`; undefined as in `pointTo`. */
  run: (script: string, release: string | undefined, variables: NodeJS.ProcessEnv, runner: Runner) => Promise<string>;
  /** Sends a request to the gateway's control port. Throws with its message when it refuses, or when `signal` ends it. */
  gateway: (method: string, path: string, signal?: AbortSignal) => Promise<unknown>;
};

export type TargetName = 'local' | 'compose';

/** Finds the running lab: on this machine, else in containers. Throws a LabError when there is none. */
export async function findTarget(config: LabConfig): Promise<TargetName> {
  if (await askGateway(config, 'GET', '/workers').catch(() => undefined)) return 'local';
  const isUp = await compose('exec', '-T', 'gateway', 'true').then(
    () => true,
    () => false,
  );
  if (isUp) return 'compose';
  throw new LabError('No lab is running to deploy to. Start it in another terminal: npm start, or docker compose up');
}

/** The target of that name. */
export function createTarget(name: TargetName, paths: DeployPaths, config: LabConfig): Target {
  return name === 'local' ? onThisMachine(paths, config) : inContainers(paths);
}

function onThisMachine(paths: DeployPaths, config: LabConfig): Target {
  return {
    deliver: async () => {}, // it was built in its folder
    async pointTo(release) {
      if (release !== undefined) linkFramework(releaseFolder(paths, release));
      pointTo(paths, release);
    },
    run(script, release, variables, { command }) {
      const site = join(release === undefined ? config.sandbox : releaseFolder(paths, release), SITE);
      return command(execPath, programArguments(`services/app/${script}`, true), {
        env: { ...variables, WAYBILL_SITE: site },
      });
    },
    gateway: (method, path, signal) => askGateway(config, method, path, signal),
  };
}

async function askGateway(config: LabConfig, method: string, path: string, signal?: AbortSignal): Promise<unknown> {
  const url = `http://${at(config, 'WAYBILL_GATEWAY_CONTROL_PORT')}${path}`;
  const response = await fetch(url, { method, ...(signal && { signal }) });
  return parseAnswer(response.status, await response.text());
}

/** In the image: where the lab is, and where the volume of releases is. */
const IMAGE = '/waybill';
const VOLUME = `${IMAGE}/.waybill/${RELEASES}`;
/** A container that is removed when it has ended (docker-compose.yml, profile deploy). */
const ONCE = ['run', '--rm', '-T', '--no-deps', '--quiet-pull'];

function inContainers(paths: DeployPaths): Target {
  const shell = (script: string) => compose(...ONCE, 'deploy', 'sh', '-ec', script);
  return {
    async deliver(release) {
      const folder = `${VOLUME}/${release}`;
      const unpack = `rm -rf ${folder}; mkdir -p ${folder}; cd ${folder}; tar x`;
      const tar = spawn('tar', ['-C', releaseFolder(paths, release), '-c', SITE], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const args = ['compose', ...ONCE, 'deploy', 'sh', '-ec', unpack];
      const container = spawn('docker', args, { cwd: ROOT, stdio: [tar.stdout, 'ignore', 'pipe'] });
      let errors = '';
      container.stderr?.on('data', (chunk) => {
        errors += chunk;
      });
      const [code] = (await once(container, 'close')) as [number | null];
      if (code !== 0) throw new Error(`the release could not be put into its volume: ${errors.trim()}`);
    },
    async pointTo(release) {
      const next = `${VOLUME}/${CURRENT}.next`;
      await shell(
        release === undefined
          ? `rm -f ${VOLUME}/${CURRENT}`
          : `ln -sfn ${release} ${next}; mv -T ${next} ${VOLUME}/${CURRENT}`,
      );
      pointTo(paths, release);
    },
    run(script, release, variables, { command }) {
      const site = release === undefined ? `${IMAGE}/${SITE}` : `${VOLUME}/${release}/${SITE}`;
      const env = { ...variables, WAYBILL_SITE: site };
      const passed = [...Object.keys(env), 'TRACEPARENT'].flatMap((name) => ['-e', name]);
      const args = ['--import', './dist/otel/instrument.js', `dist/services/app/${script.replace('.ts', '.js')}`];
      return command('docker', ['compose', ...ONCE, ...passed, 'deploy', 'node', ...args], { cwd: ROOT, env });
    },
    async gateway(method, path) {
      const script = `fetch('http://127.0.0.1:8183${path}', { method: '${method}' }).then(async (r) => console.log(r.status + '\\n' + await r.text()))`;
      const [status = '', ...body] = (await compose('exec', '-T', 'gateway', 'node', '-e', script)).split('\n');
      return parseAnswer(Number(status), body.join('\n'));
    },
  };
}

function parseAnswer(status: number, text: string): unknown {
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
