// `--limit 25%`: this process, and all that it starts from now on, get a share of the machine's CPU, so that a slow machine can be
// measured anywhere. By a control group of Linux, version 2 (cpu.max) or 1 (cpu.cfs_quota_us); only root may make one.
// https://docs.kernel.org/scheduler/sched-bwc.html

import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { LabError } from './cli/command.ts';

const ROOTS = { v2: '/sys/fs/cgroup', v1: '/sys/fs/cgroup/cpu' };
/** The kernel's least, in µs: the shorter, the more the process is like one that is slow all the time. */
const MIN_US = 1000;

/** The share in `text`: `25%`. Throws a LabError when it is none from 1 % to 100 %. */
export function readShare(text: string): number {
  const percent = Number(/^(\d{1,3})%?$/.exec(text)?.[1]);
  if (percent >= 1 && percent <= 100) return percent / 100;
  throw new LabError(`--limit is "${text}": it takes a share of the machine's CPU, such as 25%`);
}

/** Limits this process to `share` of all cores. Returns what ends the limit, once all that was started has ended. */
export function limitCpu(share: number, roots = ROOTS): () => void {
  const isV2 = existsSync(join(roots.v2, 'cgroup.controllers'));
  const root = isV2 ? roots.v2 : roots.v1;
  const group = join(root, `waybill-bench-${process.pid}`);
  const cores = share * availableParallelism();
  const period = Math.ceil(Math.max(MIN_US, MIN_US / cores));
  const quota = Math.ceil(period * cores);
  try {
    if (isV2) writeFileSync(join(root, 'cgroup.subtree_control'), '+cpu');
    else readFileSync(join(root, 'cpu.cfs_quota_us'));
    mkdirSync(group);
    if (isV2) writeFileSync(join(group, 'cpu.max'), `${quota} ${period}`);
    else {
      writeFileSync(join(group, 'cpu.cfs_period_us'), String(period));
      writeFileSync(join(group, 'cpu.cfs_quota_us'), String(quota));
    }
    writeFileSync(join(group, 'cgroup.procs'), String(process.pid));
  } catch (error) {
    throw new LabError(
      `--limit needs a control group for CPU, which could not be made at ${root} (${(error as Error).message}). Run it as root on Linux, where ${root} can be written to, and without real-time priority.`,
    );
  }
  return () => {
    writeFileSync(join(root, 'cgroup.procs'), String(process.pid));
    rmdirSync(group);
  };
}
