// Debian's gunicorn with two workers and Django, or those of the Python that PYTHON names, traced or not: the letter page (bench/django).

import { type SpawnSyncOptions, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePortVariables } from '../../lab/fixture.ts';
import { stop } from './process.ts';

const DEBIAN = '/usr/bin/python3';
/** With Debian's Django and gunicorn, and these beside them. */
const VENV = join(import.meta.dirname, '../../.waybill/bench-python');
const PACKAGES = ['sdk', 'exporter-otlp-proto-http', 'instrumentation-django', 'instrumentation-sqlite3'];

/** The Python that runs Django: PYTHON, or Debian's with OpenTelemetry in a venv that is made when it is first needed. */
export function djangoPython(): string {
  if (process.env.PYTHON) return process.env.PYTHON;
  const python = join(VENV, 'bin/python');
  if (hasOpenTelemetry(python)) return python;
  const options: SpawnSyncOptions = { stdio: ['ignore', 'ignore', 'inherit'] };
  spawnSync(DEBIAN, ['-m', 'venv', '--system-site-packages', VENV], options);
  const packages = PACKAGES.map((name) => `opentelemetry-${name}`);
  spawnSync(python, ['-m', 'pip', 'install', '--quiet', ...packages], options);
  return hasOpenTelemetry(python) ? python : DEBIAN;
}

/** Whether Django can be traced by this Python. */
export function hasOpenTelemetry(python: string): boolean {
  return spawnSync(python, ['-c', 'import opentelemetry.instrumentation.django']).status === 0;
}

/** The versions that are compared: `gunicorn 20.1.0, Django 3.2.25, OpenTelemetry for Python 1.45.1`. */
export function djangoVersions(): string {
  const program = `
import gunicorn, django
print(f"gunicorn {gunicorn.__version__}, Django {django.__version__}", end="")
try:
    from opentelemetry.sdk.version import __version__
    print(f", OpenTelemetry for Python {__version__}", end="")
except ImportError:
    pass`;
  return spawnSync(djangoPython(), ['-c', program], { encoding: 'utf8' }).stdout;
}

/** Starts it over the lab's `database` (site.db), traced to `endpoint` (OTLP) where one is given; resolves when it answers. */
export async function startDjango(database: string, endpoint?: string) {
  const port = Number((await freePortVariables()).WAYBILL_SITE_PORT);
  const settings = ['--workers', '2', '--bind', `127.0.0.1:${port}`, '--log-level', 'error'];
  const tracing = endpoint && { TRACED: '1', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: 'django' };
  const child = spawn(djangoPython(), ['-m', 'gunicorn', ...settings, 'letters:application'], {
    cwd: join(import.meta.dirname, '../django'),
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
  return { port, pid: child.pid, stop: () => stop(child) };
}
