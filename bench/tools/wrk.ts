// wrk (https://github.com/wg/wrk), which sends the same request over kept connections, as fast as it is answered.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Answered } from './turns.ts';

const MS: Record<string, number> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

/** Requests `url` over `connections` from one thread; throws when a connection broke, or a response was neither 2xx nor 3xx. */
export function wrk(url: string, connections: number, ...headers: string[]) {
  return async (seconds: number): Promise<Answered> => {
    const fields = headers.flatMap((header) => ['-H', header]);
    const args = ['-t1', '--latency', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', ...fields, url];
    const { stdout } = await promisify(execFile)('wrk', args);
    if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url}: some requests failed\n${stdout}`);
    const number = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1]);
    const [, value, unit = ''] = /50%\s+([\d.]+)(us|ms|s|m)/.exec(stdout) ?? [];
    return {
      requests: number(/(\d+) requests in/),
      rate: number(/Requests\/sec:\s+([\d.]+)/),
      medianMs: Number(value) * (MS[unit] ?? Number.NaN),
    };
  };
}
