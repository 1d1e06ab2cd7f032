// wrk (https://github.com/wg/wrk), which asks the same again and again over kept connections, as fast as it is answered.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** How wrk asks: over how many connections, for how long, with which headers (`Host: tatis.test`). */
export type Load = { connections: number; seconds: number; headers?: string[] };

/** How many requests were answered, how many a second, and how long one took in ms. */
export type Answered = { requests: number; rate: number; medianMs: number; p99Ms: number };

const MS: Record<string, number> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

/** Asks `url` with one thread; throws when a connection broke, or an answer was neither 2xx nor 3xx. */
export async function wrk(url: string, { connections, seconds, headers = [] }: Load): Promise<Answered> {
  const fields = headers.flatMap((header) => ['-H', header]);
  const args = ['-t1', '--latency', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', ...fields, url];
  const { stdout } = await promisify(execFile)('wrk', args);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url}: not every request was answered well\n${stdout}`);
  const number = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1]);
  const percentile = (percent: string) => {
    const [, value, unit = ''] = new RegExp(`${percent}%\\s+([\\d.]+)(us|ms|s|m)`).exec(stdout) ?? [];
    return Number(value) * (MS[unit] ?? Number.NaN);
  };
  return {
    requests: number(/(\d+) requests in/),
    rate: number(/Requests\/sec:\s+([\d.]+)/),
    medianMs: percentile('50'),
    p99Ms: percentile('99'),
  };
}
