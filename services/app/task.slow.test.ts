import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

/** Runs a task of the site with `variables`; its exit code, and what it printed on stderr. */
async function runTask(name: string, variables: NodeJS.ProcessEnv) {
  const home = mkdtempSync(join(tmpdir(), 'waybill-task-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const env = { ...process.env, WAYBILL_HOME: home, WAYBILL_STATIC_ROOT: join(home, 'static'), ...variables };
  return promisify(execFile)(process.execPath, [join(import.meta.dirname, `${name}.ts`)], { env }).then(
    () => ({ code: 0, stderr: '' }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
  );
}

test.each([
  ['migrate', { WAYBILL_WATCHDOG_TIMEOUT: '0' }, 1],
  ['collectstatic', { WAYBILL_WATCHDOG_TIMEOUT: '0' }, 1],
  ['check', { WAYBILL_WATCHDOG_TIMEOUT: '0' }, 2],
  ['migrate', { WAYBILL_DATABASE_WAIT: '-1' }, 1],
  ['migrate', { WAYBILL_DEBUG: 'maybe' }, 1],
  ['migrate', { WAYBILL_SITE: '/nowhere' }, 1],
])('%s with %o: a sentence that names it, and no stack trace', async (name, variables, code) => {
  const ended = await runTask(name, variables);
  expect(ended.code).toBe(code);
  expect(ended.stderr).toContain(Object.keys(variables)[0]);
  expect(ended.stderr).not.toMatch(/^\s+at /m);
});

test('a site whose code cannot be loaded: migrate names the file, not the database', async () => {
  const { code, stderr } = await runTask('migrate', { WAYBILL_SITE: tmpdir() });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^The site in .* cannot be loaded: .*Cannot find module/);
  expect(stderr).not.toContain('database ');
});
