// The learner's app as a process of the lab: started in a session of its own (with all that it starts itself), watched until it listens,
// restarted when it ends, ended with the lab.

import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoint } from '../../runtime/net/endpoint.ts';
import { groupOptions, signalGroup } from '../../runtime/platform/end-process.ts';
import { listeningEndpoints } from '../../runtime/platform/listening.ts';
import type { Log } from '../runner/logs.ts';
import { countEnds } from '../runner/restarts.ts';

const POLL_MS = 100;
/** After this time without a port, that is reported, in ms. */
const LATE_MS = 20_000;
const MAX_OUTPUT = 4000;

type Program = { words: string[]; folder: string; environment: NodeJS.ProcessEnv };

type ProgramEvents = {
  /** It listens there. */
  listening: (endpoint: Endpoint, pid: number) => void;
  /** It runs, and listens nowhere yet. */
  late: () => void;
  /** It has ended, and is restarted in `wait` ms; `printed`: the end of its output. */
  ended: (how: number | string, printed: string, wait: number) => void;
  gaveUp: (how: number | string, printed: string) => void;
};

/** Ends the process group `$1` once its standard input is closed, which the end of the lab does, however it ends. */
const GUARD = 'read -r _; kill -TERM "-$1"; sleep 2; kill -KILL "-$1"';

/** Keeps `program` running; `openLog` gives the log of each of its processes. */
export function keepRunning(program: Program, openLog: () => Log, report: ProgramEvents) {
  const stopped = new AbortController();
  const ended = countEnds('service');
  let child: ChildProcess | undefined;
  const killAll = () => signalAll(child, 'SIGKILL');

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      const running = start(program, openLog());
      child = running.child;
      const guard = startGuard(child.pid);
      void watch(running, report);
      const how = await running.ended;
      signalAll(child, 'SIGKILL'); // what it has started, and left
      guard?.kill('SIGKILL');
      if (stopped.signal.aborted) return;
      const next = ended(true);
      if (next === 'give up') return report.gaveUp(how, running.printed());
      report.ended(how, running.printed(), next.wait);
      await delay(next.wait, undefined, { signal: stopped.signal }).catch(() => {});
    }
  }
  const done = run();

  return {
    /** Ends it with SIGTERM, and after `ms` with SIGKILL. */
    async stop(ms: number): Promise<void> {
      stopped.abort();
      signalAll(child, 'SIGTERM');
      const kill = setTimeout(killAll, ms);
      await done;
      clearTimeout(kill);
    },
  };
}

function start({ words, folder, environment }: Program, log: Log) {
  const [file = '', ...rest] = words;
  const child = spawn(file, rest, {
    cwd: folder,
    env: environment,
    ...groupOptions(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', log.output()).on('data', (chunk) => {
      printed = `${printed}${chunk}`.slice(-MAX_OUTPUT);
    });
  }
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    child.once('error', ({ message }) => resolve(message));
  });
  void ended.then(log.close);
  return { child, words, ended, printed: () => printed.trim() };
}

/** In a session of its own, so that Ctrl-C does not end it. */
function startGuard(group: number | undefined): ChildProcess | undefined {
  if (group === undefined) return undefined;
  const guard = spawn('/bin/sh', ['-c', GUARD, 'sh', String(group)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return guard.on('error', () => {});
}

/** Reports where it listens, once. */
async function watch({ child, words }: ReturnType<typeof start>, report: ProgramEvents): Promise<void> {
  const { pid } = child;
  const lateAt = performance.now() + LATE_MS;
  let isLate = false;
  while (pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const endpoint = choose(listeningEndpoints(pid), words);
    if (endpoint) return report.listening(endpoint, pid);
    if (!isLate && performance.now() > lateAt) {
      isLate = true;
      report.late();
    }
    await delay(POLL_MS);
  }
}

/** The port that its command names, if it listens there; otherwise the lowest. */
function choose(endpoints: Endpoint[], words: string[]): Endpoint | undefined {
  const named = new Set(words.flatMap((word) => word.match(/\d{2,5}/g) ?? []).map(Number));
  const isNamed = ({ port }: Endpoint) => named.has(port);
  const [first] = endpoints.toSorted((a, b) => Number(isNamed(b)) - Number(isNamed(a)) || a.port - b.port);
  return first;
}

function signalAll(child: ChildProcess | undefined, signal: NodeJS.Signals): void {
  if (child?.pid !== undefined) signalGroup(child.pid, signal);
}
