// For tests alone: a real Django (Debian's package, if it is installed) with the site's URLs, to compare responses with.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PYTHON = '/usr/bin/python3';

/** Why there is no Django to compare with; undefined if there is. */
export const noDjango = djangoVersion() > 0 ? undefined : 'Debian’s python3-django is not installed';
/** Why this Django does not look at Origin; undefined if it does. */
export const noOriginCheck =
  djangoVersion() >= 4 ? undefined : 'this Django is older than 4: it does not look at Origin';

export type DjangoRequest = { method: string; target: string; headers: Record<string, string>; body: string };

/** The compared parts of a response; the pages differ. */
export type ComparedResponse = { status: number; headers: [name: string, value: string][] };

/** Starts it with `hosts` as ALLOWED_HOSTS; `send` resolves with its response. */
export function startDjango(hosts: readonly string[]) {
  const script = join(import.meta.dirname, 'reference-django.py');
  const python = spawn(PYTHON, [script, JSON.stringify(hosts)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(python.stdout)[Symbol.asyncIterator]();
  return {
    async send(request: DjangoRequest): Promise<ComparedResponse> {
      python.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error('Django has exited; its output is above');
      return JSON.parse(value) as ComparedResponse;
    },
    async stop() {
      python.stdin.end();
      await once(python, 'exit');
    },
  };
}

/** The first number of its version; 0 where there is none. */
function djangoVersion(): number {
  try {
    return Number(execFileSync(PYTHON, ['-c', 'import django; print(django.VERSION[0])'], { stdio: 'pipe' }));
  } catch {
    return 0;
  }
}
