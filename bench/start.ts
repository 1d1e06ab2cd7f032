// What a start costs: seconds until the lab is ready, the CPU time that all its processes have used by then, and the modules that they
// load. The checkout and the package of `npm run pack` in turns, each the first time and later (Node keeps compiled code).

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LabError } from '../lab/cli/command.ts';
import { processesOf, startLab } from '../lab/fixture.ts';
import { packageVersion } from '../otel/config.ts';
import { cpuSeconds } from '../runtime/platform/usage.ts';
import { ROOT } from '../runtime/program.ts';
import { median } from '../traces/statistics/median.ts';
import { printFigure, printTable } from './tools/print.ts';
import type { Effort } from './tools/turns.ts';

const COUNTER = pathToFileURL(join(import.meta.dirname, 'tools/count-modules.js')).href;

/** Prints medians, and the CPU time of the package as a ratio to that of the checkout. */
export async function main({ rounds }: Effort) {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  const archive = join(ROOT, `waybill-${packageVersion()}.tgz`);
  if (spawnSync('tar', ['xzf', archive, '-C', folder]).status !== 0)
    throw new LabError(`${archive} cannot be unpacked: npm run pack makes it.`);
  const roots = { checkout: ROOT, package: join(folder, 'package') };
  const starts = Object.entries(roots).flatMap(([of, root]) =>
    ['first', 'later'].map((time) => ({ of, root, time, seconds: [] as number[], cpu: [] as number[] })),
  );
  for (let round = 0; round < rounds; round++) {
    for (const { of, root, time, seconds, cpu } of starts) {
      const compiled = join(folder, `compiled-${of}`);
      if (time === 'first') rmSync(compiled, { recursive: true, force: true });
      const began = performance.now();
      const lab = await startLab({ NODE_COMPILE_CACHE: compiled }, root);
      seconds.push((performance.now() - began) / 1000);
      cpu.push(cpuOf(lab.process.pid));
      await lab.stop();
    }
  }
  const modules = { checkout: await countModules(ROOT, folder), package: await countModules(roots.package, folder) };
  rmSync(folder, { recursive: true });
  const rows = starts.map(({ of, time, seconds, cpu }) => ({
    start: `${of}, ${time}`,
    'ready, s': median(seconds),
    'CPU, s': median(cpu),
    modules: modules[of as keyof typeof modules],
  }));
  printTable(rows);
  const cpuFor = (start: string) => rows.find((row) => row.start === start)?.['CPU, s'] ?? Number.NaN;
  for (const time of ['first', 'later'])
    printFigure(
      `CPU time of the package, ratio to the checkout, ${time}`,
      cpuFor(`package, ${time}`) / cpuFor(`checkout, ${time}`),
      '',
      0.5,
    );
  return rows;
}

/** CPU time of a lab: of its runner, of what that has started, and of what has ended by now. */
function cpuOf(runner = 0): number {
  return processesOf(runner).reduce((sum, { pid }) => sum + cpuSeconds(pid), cpuSeconds(runner, true));
}

/** How many modules all processes of a lab load that is started from `root`. */
async function countModules(root: string, folder: string): Promise<number> {
  const file = join(folder, 'modules');
  rmSync(file, { force: true });
  const lab = await startLab({ NODE_OPTIONS: `--import=${COUNTER}`, WAYBILL_BENCH_MODULES: file }, root);
  await lab.stop();
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + Number(line), 0);
}
