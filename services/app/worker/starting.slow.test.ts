import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../../../runtime/net/listen.ts';

const APP = join(import.meta.dirname, '..');
const WAIT = { interval: 10 };

/** A worker whose site waits for the file `go`, with `rest` at the end of its settings; and its answer to GET /healthz. */
async function startWorker(rest: string) {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-starting-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of ['framework', 'config.ts', 'errors.ts']) symlinkSync(join(APP, name), join(folder, name));
  const site = join(folder, 'site');
  cpSync(join(APP, 'site'), site, { recursive: true });
  const settings = join(site, 'settings.ts');
  const waits = `
import { existsSync } from 'node:fs';
while (!existsSync(${JSON.stringify(join(folder, 'go'))})) await new Promise((resolve) => setTimeout(resolve, 10));
`;
  writeFileSync(settings, waits + readFileSync(settings, 'utf8') + rest);
  const port = await freePort();
  const child = spawn(process.execPath, [join(APP, 'main.ts')], {
    env: {
      ...process.env,
      WAYBILL_SITE: site,
      WAYBILL_HOME: folder,
      WAYBILL_APP_PORT: String(port),
      WAYBILL_START_TIMEOUT: '60000',
      WAYBILL_INSTANCE: 'app-1',
    },
    stdio: 'ignore',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const health = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`);
    return { status: response.status, body: await response.json() };
  };
  await vi.waitFor(async () => {
    expect(await health()).toMatchObject({ status: 503, body: { pid: child.pid, starting: true, failed: false } });
  }, WAIT);
  return { child, health, go: () => writeFileSync(join(folder, 'go'), '') };
}

test('while its site is loaded, a worker reports that it is starting; then it serves at the same port', async () => {
  const { child, health, go } = await startWorker('');
  go();
  await vi.waitFor(async () => {
    expect(await health()).toMatchObject({ status: 200, body: { worker: 'app-1', pid: child.pid, inHand: 0 } });
  }, WAIT);
});

test('when its site cannot be loaded, it reports that its start has failed, and exits', async () => {
  const { child, health, go } = await startWorker("throw new Error('not here');");
  const ended = once(child, 'exit');
  go();
  await vi.waitFor(async () => {
    expect(await health()).toMatchObject({ status: 503, body: { starting: true, failed: true } });
  }, WAIT);
  expect(await ended).toEqual([1, null]);
});
