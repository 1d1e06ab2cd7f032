// The Docker engine of this machine: whether there is one, and by which files the lab comes up on it.

import { execFileSync } from 'node:child_process';

/** Jaeger's image, as docker-compose.yml names it. */
export const JAEGER = 'jaegertracing/jaeger:2.20.0';

/** Why there can be no containers here; undefined where there can. */
export const noEngine = reasonWithout('info');

/** Whether Jaeger's image is at hand. */
export const hasJaeger = reasonWithout('image', 'inspect', JAEGER) === undefined;

/** The files by which `docker compose` brings the lab: with Jaeger where its image is at hand, else with the lab's own store. */
export const composeFiles = ['docker-compose.yml', ...(hasJaeger ? [] : ['docker-compose.embedded.yml'])];

/** Why `docker` with these arguments cannot be run; undefined when it can. */
function reasonWithout(...args: string[]): string | undefined {
  try {
    execFileSync('docker', args, { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `no Docker engine here: \`docker ${args.join(' ')}\` failed: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}`;
  }
}
