// What the kernel counts for a container: its control group, in version 1 or 2.

import { readFileSync } from 'node:fs';

const V1 = /^\d+:[^:]*\bcpuacct\b[^:]*:(.*)$/m;
const V2 = /^0::(.*)$/m;

/** Seconds of CPU that the group of process `pid` has used. Throws where there is no such process, or its group can't be read. */
export function groupCpuSeconds(pid: number): number {
  const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  const [, v1] = V1.exec(groups) ?? [];
  if (v1 !== undefined) return Number(readFileSync(`/sys/fs/cgroup/cpuacct${v1}/cpuacct.usage`, 'utf8')) / 1e9;
  const [, v2 = ''] = V2.exec(groups) ?? [];
  const [, micros] = /^usage_usec (\d+)/m.exec(readFileSync(`/sys/fs/cgroup${v2}/cpu.stat`, 'utf8')) ?? [];
  return Number(micros) / 1e6;
}
