// The Docker engine of this machine: whether there is one, and what container tests may use of it. It may be in use by others:
// tests have their own project name, image tag and ports, and a swarm only where the engine is in none.

import { execFileSync } from 'node:child_process';

/** Jaeger's image, as docker-compose.yml names it. */
export const JAEGER = 'jaegertracing/jaeger:2.20.0';

/** Why there can be no containers here; undefined where there can. */
export const noEngine = reasonWithout('info');

/** Whether Jaeger's image is on this machine. */
export const hasJaeger = reasonWithout('image', 'inspect', JAEGER) === undefined;

/** The files for `docker compose`: with Jaeger where its image is on this machine, else with the lab's own store. */
export const composeFiles = ['docker-compose.yml', ...(hasJaeger ? [] : ['docker-compose.embedded.yml'])];

/** The name of this process's project and stack. */
export const PROJECT = `waybill-test-${process.pid}`;

/** The tag of the image, which all files of container tests share (image.ts). */
export const IMAGE = process.env.WAYBILL_IMAGE as string;

/** Why no swarm can be started here for a test; undefined where one can. */
export function noSwarm(): string | undefined {
  if (noEngine) return noEngine;
  const state = execFileSync('docker', ['info', '--format', '{{.Swarm.LocalNodeState}}']).toString().trim();
  return state === 'inactive'
    ? undefined
    : `the Docker engine is in a swarm already (${state}), which tests leave alone`;
}

/** Why `docker` with these arguments fails; undefined when it does not. */
function reasonWithout(...args: string[]): string | undefined {
  try {
    execFileSync('docker', args, { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `no Docker engine here: \`docker ${args.join(' ')}\` failed: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}`;
  }
}
