// The composition: how long it takes to build and to be healthy, what it costs at rest, and how long it takes to be gone.
// In a copy of the lab, with a project name, image tag and ports of its own. CPU is what the kernel counts for each container,
// health checks included; memory is what `docker stats` says. With Jaeger where its image is on this machine, else the lab's store.
//
//   npm run bench compose [seconds at rest]      needs a Docker engine on this machine, and Linux

import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from '../lab/cli/command.ts';
import { createCheckout } from '../tests/checkout.ts';
import { composeFiles, hasJaeger, JAEGER, noEngine, PROJECT } from '../tests/containers/engine.ts';
import { freePortVariables } from '../tests/lab.ts';
import { groupCpuSeconds } from './tools/cgroup.ts';

/** After the start: until nothing more is compiled or made ready, in ms. */
const SETTLED = 20_000;
const GOALS = { build: 60, rebuild: 5, image: 350, up: 20, cpu: 5, memory: 600, down: 5 };

/** Prints each figure with its goal. */
export async function main([seconds = '60']: string[]): Promise<void> {
  if (noEngine) throw new LabError(noEngine);
  const { root, remove } = createCheckout();
  const env = { ...process.env, ...(await freePortVariables()), WAYBILL_IMAGE: PROJECT };
  const docker = (...args: string[]) => execFileSync('docker', args, { cwd: root, env, stdio: 'pipe' }).toString();
  const files = composeFiles.flatMap((file) => ['-f', file]);
  const compose = (...args: string[]) => docker('compose', ...files, '-p', PROJECT, ...args);
  try {
    console.log(`with ${hasJaeger ? JAEGER : "the lab's own store (no image of Jaeger here)"}`);
    figure('first build, base image at hand', timed(compose, 'build', '--no-cache'), GOALS.build, 's');
    appendFileSync(join(root, 'services/visitor/main.ts'), '\n// edited\n');
    figure('build after an edit of a source', timed(compose, 'build'), GOALS.rebuild, 's');
    figure('image', Number(docker('image', 'inspect', '--format', '{{.Size}}', PROJECT)) / 1e6, GOALS.image, 'MB');
    figure('up until all are healthy', timed(compose, 'up', '-d', '--wait'), GOALS.up, 's');
    await delay(SETTLED);
    const containers = compose('ps', '-q').trim().split('\n');
    figure(
      `CPU of all at rest, over ${seconds} s`,
      await cpuAtRest(containers, Number(seconds)),
      GOALS.cpu,
      '% of a core',
    );
    figure('memory of all', memoryOf(containers), GOALS.memory, 'MB');
    figure('down', timed(compose, 'down', '-v'), GOALS.down, 's');
  } finally {
    compose('down', '-v', '--remove-orphans');
    docker('image', 'rm', PROJECT);
    remove();
  }
}

function figure(what: string, value: number, goal: number, unit: string): void {
  console.log(`${what.padEnd(36)} ${value.toFixed(1).padStart(6)} ${unit}  (goal ${goal})`);
}

/** Seconds that a command takes. */
function timed(run: (...args: string[]) => string, ...args: string[]): number {
  const began = performance.now();
  run(...args);
  return (performance.now() - began) / 1000;
}

async function cpuAtRest(containers: readonly string[], seconds: number): Promise<number> {
  const format = ['inspect', '--format', '{{.State.Pid}}', ...containers];
  const pids = execFileSync('docker', format).toString().trim().split('\n').map(Number);
  const used = () => pids.reduce((sum, pid) => sum + groupCpuSeconds(pid), 0);
  const [before, began] = [used(), performance.now()];
  await delay(seconds * 1000);
  return (100 * (used() - before)) / ((performance.now() - began) / 1000);
}

/** MB of all together. */
function memoryOf(containers: readonly string[]): number {
  const lines = execFileSync('docker', ['stats', '--no-stream', '--format', '{{.MemUsage}}', ...containers]).toString();
  const factors: Record<string, number> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };
  const bytes = lines
    .matchAll(/^([\d.]+)(\w+) \//gm)
    .map(([, value, unit = '']) => Number(value) * (factors[unit] ?? Number.NaN));
  return bytes.reduce((sum, each) => sum + each, 0) / 1e6;
}
