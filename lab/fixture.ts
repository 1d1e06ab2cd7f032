// A whole lab for tests and benches: started as a user starts it (lab/commands/up.ts), on free ports, with its own home.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { environment } from '../runtime/config.ts';
import { link } from '../runtime/platform/files.ts';
import { childrenOf } from '../runtime/platform/processes.ts';
import { ROOT } from '../runtime/program.ts';
import { type LabConfig, readLabConfig } from './config.ts';
import { isFree } from './runner/ports.ts';

/** What whole labs are started from: this checkout, or the package that is unpacked in WAYBILL_TEST_PACKAGE. */
const LAB_ROOT = environment.WAYBILL_TEST_PACKAGE || ROOT;
/** What runs its commands. */
export const GUARD = join(LAB_ROOT, 'lab/guard.js');
/** Compiled code, shared by all labs of a run: each would compile it anew, for a new home is empty. */
export const COMPILED = environment.NODE_COMPILE_CACHE ?? join(tmpdir(), 'waybill-test-compiled');
/** The built page, shared alike by the labs of tests. */
const PAGE = join(tmpdir(), 'waybill-test-page');
/** The number of ports that a lab keeps for its workers. */
const WORKER_PORTS = 8;
/** One for each process, with OTEL_METRICS_EXPORTER=prometheus. */
const METRICS_PORTS = 16;

export type Lab = {
  config: LabConfig;
  environment: NodeJS.ProcessEnv;
  /** What `npm start` has printed so far. */
  output: () => string;
  process: ChildProcess;
  /** The process of a service, among the children of `npm start`; NaN without one. */
  pidOf: (service: string) => number;
  /** Ends it as Ctrl-C does; resolves with its exit code. */
  stop: () => Promise<number>;
};

/** Starts the lab (of the checkout or package at `root`) with `extra` variables; resolves when it is ready, rejects with what it printed if it ends before. */
export async function startLab(extra: NodeJS.ProcessEnv = {}, root = LAB_ROOT): Promise<Lab> {
  const home = mkdtempSync(join(tmpdir(), 'waybill-test-'));
  if (environment.VITEST) {
    mkdirSync(PAGE, { recursive: true });
    link(PAGE, join(home, 'page'));
  }
  const variables = {
    ...environment,
    ...(await freePortVariables()),
    WAYBILL_HOME: home,
    NODE_COMPILE_CACHE: COMPILED,
    WAYBILL_LOG_LEVEL: 'info',
    ...extra,
  };
  const child = spawn(execPath, [join(root, 'lab/guard.js'), 'up'], { cwd: root, env: variables });
  let printed = '';
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      printed += chunk;
      if (printed.includes('Waybill is ready')) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`the lab ended (${code}):\n${printed}`)));
  });
  return {
    config: readLabConfig(variables),
    environment: variables,
    output: () => printed,
    process: child,
    pidOf: (service) => processesOf(child.pid).find(({ name }) => name === service)?.pid ?? Number.NaN,
    async stop() {
      const ended = child.exitCode === null ? once(child, 'exit') : Promise.resolve([child.exitCode]);
      child.kill('SIGTERM');
      const [code] = await ended;
      rmSync(home, { recursive: true, force: true });
      return code as number;
    },
  };
}

/** The services that the lab with this process id runs, by name; of `app` each worker. */
export function processesOf(lab = 0): { name: string; pid: number }[] {
  return childrenOf(lab).map(({ pid, command }) => ({
    name: /services[\\/](\w+)[\\/]main/.exec(command)?.[1] ?? 'other',
    pid,
  }));
}

/** Where the ports begin that this process has given out: a lab that is still starting has taken none of its own. */
const given: number[] = [];

/** A variable for every port of the lab, each free a moment ago, and none given twice. */
export async function freePortVariables(): Promise<NodeJS.ProcessEnv> {
  const names = Object.keys(readLabConfig({}).ports);
  const row = names.length + WORKER_PORTS + METRICS_PORTS;
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    if (given.some((other) => Math.abs(other - first) < row)) continue;
    const ports = Array.from({ length: row }, (_, index) => first + index);
    const free = await Promise.all(ports.map((port) => isFree('127.0.0.1', port)));
    if (!free.every(Boolean)) continue;
    given.push(first);
    const others = names.filter((name) => name !== 'WAYBILL_APP_PORT');
    return {
      ...Object.fromEntries(others.map((name, index) => [name, String(first + index)])),
      WAYBILL_APP_PORT: String(first + others.length),
      OTEL_EXPORTER_PROMETHEUS_PORT: String(first + others.length + WORKER_PORTS),
    };
  }
}
