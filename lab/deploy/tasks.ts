// The tasks of one run of the pipeline: each a span, a line on the screen of the push, and lines in the log.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { context } from '@opentelemetry/api';
import { deployment } from '../../otel/contract/index.ts';
import * as names from '../../otel/contract/names.ts';
import type { SpanOf } from '../../otel/contract/spec.ts';
import { contextVariables } from '../../otel/propagation/environment.ts';
import { inSpan } from '../../otel/span.ts';
import { environment } from '../../runtime/config.ts';
import { log } from '../../runtime/log.ts';
import { printable } from '../../traces/printable.ts';

export type TaskType = 'build' | 'test' | 'deploy';
export type TaskSpan = SpanOf<typeof deployment.task>;

/** Why a task failed; its code, which spans show, is the task's name. */
export class TaskFailure extends Error {
  readonly code: string;

  constructor(task: string, cause: Error) {
    super(cause.message, { cause });
    this.code = task;
  }
}

export type Runner = {
  /** Runs `step`, which resolves with a short result. Throws a TaskFailure. */
  task: (name: string, type: TaskType, step: (span: TaskSpan) => Promise<string> | string) => Promise<void>;
  /** Runs a program with the trace's context, and resolves with what it printed once it has ended. Throws with what it printed when it fails. */
  command: (program: string, args: string[], options?: { cwd?: string; env?: NodeJS.ProcessEnv }) => Promise<string>;
};

/** A runner for the run `id`; `signal` ends the task under way, and every later one before it begins. */
export function createRunner(id: string, signal: AbortSignal): Runner {
  let count = 0;

  async function task(name: string, type: TaskType, step: Parameters<Runner['task']>[2]): Promise<void> {
    signal.throwIfAborted();
    const began = performance.now();
    const attributes = {
      [names.ATTR_CICD_PIPELINE_TASK_NAME]: name,
      [names.ATTR_CICD_PIPELINE_TASK_TYPE]: type,
      [names.ATTR_CICD_PIPELINE_TASK_RUN_ID]: `${id}.${++count}`,
    };
    await inSpan(deployment.task, { words: { task: name }, attributes }, async (span) => {
      const end = (result: string, sign: string, words: string) => {
        span.setAttribute(names.ATTR_CICD_PIPELINE_TASK_RUN_RESULT, result);
        const seconds = ((performance.now() - began) / 1000).toFixed(1);
        report(`${sign} ${name.padEnd(16)} ${seconds.padStart(5)} s  ${words}`);
      };
      try {
        const words = await step(span);
        log.info({ task: name }, words);
        end('success', '✓', words);
      } catch (cause) {
        const error = signal.aborted ? (signal.reason as Error) : (cause as Error);
        const { message } = error;
        log.error({ task: name }, message);
        end(signal.aborted ? 'cancellation' : 'failure', '✗', message);
        throw new TaskFailure(name, error);
      }
    });
  }

  async function command(
    program: string,
    args: string[],
    { cwd, env }: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
  ) {
    const child = spawn(program, args, {
      cwd,
      env: { ...environment, ...env, ...contextVariables(context.active()) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const kill = () => void child.kill();
    signal.addEventListener('abort', kill);
    const printed = { out: '', all: '' };
    child.stdout.on('data', (chunk) => {
      printed.out += chunk;
      printed.all += chunk;
    });
    child.stderr.on('data', (chunk) => {
      printed.all += chunk;
    });
    const [code] = (await once(child, 'close')) as [number | null];
    signal.removeEventListener('abort', kill);
    for (const line of printed.all.trim().split('\n').filter(Boolean)) log.info(line);
    if (code !== 0) throw new Error(printed.all.trim() || `${program} ended with ${code}`);
    return printed.out.trim();
  }

  return { task, command };
}

/** Writes a line to the terminal of the push: git passes on what a hook writes to stderr. */
export function report(text: string): void {
  process.stderr.write(`${printable(text.split('\n', 1)[0] ?? '')}\n`);
}
