// Debian's gunicorn with two workers and Django, or those of the Python that PYTHON names: the letter page (bench/django).

import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePortVariables } from '../../tests/lab.ts';
import { stop } from './process.ts';

export const PYTHON = process.env.PYTHON ?? '/usr/bin/python3';
const FOLDER = join(import.meta.dirname, '../django');

/** Whether Django can be traced by this Python. */
export function hasOpenTelemetry(python: string): boolean {
  return spawnSync(python, ['-c', 'import opentelemetry.instrumentation.django']).status === 0;
}

/** Starts it over the lab's `database` (site.db), traced to `endpoint` (OTLP) where one is given; resolves when it answers. */
export async function startDjango(
  database: string,
  endpoint?: string,
): Promise<{ port: number; pid: number; stop: () => Promise<void> }> {
  const port = Number((await freePortVariables()).WAYBILL_SITE_PORT);
  const settings = ['--workers', '2', '--bind', `127.0.0.1:${port}`, '--log-level', 'error'];
  const tracing = endpoint && { TRACED: '1', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: 'django' };
  const child = spawn(PYTHON, ['-m', 'gunicorn', ...settings, 'letters:application'], {
    cwd: FOLDER,
    env: { ...process.env, SITE_DB: database, ...tracing, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/letters/Ola/`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await answers())) {
    if (child.exitCode !== null) throw new Error('gunicorn ended');
    await delay(50);
  }
  return { port, pid: child.pid ?? 0, stop: () => stop(child) };
}
