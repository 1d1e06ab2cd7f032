// How the lab starts and ends: taken ports, the journey page, Ctrl-C, a request in progress.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { freePortVariables, GUARD, type Lab, startLab } from '../lab/fixture.ts';
import { childrenOf } from '../runtime/platform/processes.ts';
import { waitForTrace } from '../traces/jaeger.ts';
import { rootsOf } from '../traces/tree.ts';

let lab: Lab;
let refused: string;
beforeAll(async () => {
  const home = mkdtempSync(join(tmpdir(), 'waybill-test-'));
  writeFileSync(join(home, 'page'), 'a file where a folder should be');
  const variables: NodeJS.ProcessEnv = { ...(await freePortVariables()), WAYBILL_HOME: home };
  const squatter = createServer().listen(Number(variables.WAYBILL_SITE_PORT), '127.0.0.1');
  await once(squatter, 'listening');
  refused = await startLab(variables).then(
    () => 'it started',
    (error: Error) => error.message,
  );
  squatter.close();
  lab = await startLab(variables); // on the same ports: every other is free
});
afterAll(() => lab?.stop());

test('a taken port: says which, what for, which variable changes it, and leaves nothing running', () => {
  const port = lab.config.ports.WAYBILL_SITE_PORT;
  expect(refused).toMatch(new RegExp(`the lab ended \\(1\\)[^]*${port}  the site \\(proxy\\): set WAYBILL_SITE_PORT`));
});

test('a wrong variable is named, with what it is for', async () => {
  await expect(startLab({ WAYBILL_WORKERS: 'two' })).rejects.toThrow(/WAYBILL_WORKERS: expected .*, got "two"/);
});

test('Ctrl-C while the lab starts: it ends with exit code 0, and no process is blamed', async () => {
  const home = mkdtempSync(join(tmpdir(), 'waybill-test-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const env = { ...process.env, ...(await freePortVariables()), WAYBILL_HOME: home };
  const child = spawn(process.execPath, [GUARD, 'up'], { env, detached: true });
  const errors = text(child.stderr);
  await once(child.stdout, 'data'); // the first process is ready
  process.kill(-(child.pid ?? 0), 'SIGINT'); // as a terminal does: to the whole group
  const [code] = await once(child, 'close');
  expect([code, await errors]).toEqual([0, '']);
});

test('SIGTERM to a service in the middle of a request still leaves a complete trace', async () => {
  const { ports, jaegerUrl } = lab.config;
  const slow = fetch(`http://127.0.0.1:${ports.WAYBILL_SITE_PORT}/slow/`);
  const traceId = await busyTrace(ports.WAYBILL_GATEWAY_CONTROL_PORT, slow);
  const { spans } = await waitForTrace(jaegerUrl, traceId, { timeoutMs: 60_000 });
  expect(rootsOf(spans)).toHaveLength(1);
  expect(spans.map(({ service }) => service)).toEqual(expect.arrayContaining(['proxy', 'gateway', 'app']));
  expect(spans.map(({ name }) => name)).toContain('view slow');

  /** Waits until a worker handles the request, sends that worker SIGTERM, and returns the trace of the answer. */
  async function busyTrace(controlPort: number, answer: Promise<Response>): Promise<string> {
    for (;;) {
      const response = await fetch(`http://127.0.0.1:${controlPort}/workers`);
      const { workers } = (await response.json()) as { workers: { state: string; pid: number }[] };
      const busy = workers.find(({ state }) => state === 'busy');
      if (busy === undefined) continue;
      process.kill(busy.pid, 'SIGTERM');
      const { status, headers } = await answer;
      expect(status).toBe(200);
      return headers.get('traceresponse')?.split('-')[1] ?? '';
    }
  }
});

const homePage = async ({ config }: Lab) => (await fetch(`${config.visitorUrl}/`)).text();

test('a page that cannot be built is reported in one line, and the plain pages stay', async () => {
  await vi.waitFor(() => expect(lab.output()).toContain('The journey page could not be built'));
  expect(
    lab
      .output()
      .split('\n')
      .filter((line) => line.includes('page could not be built')),
  ).toEqual([
    expect.stringMatching(/^ {2}! The journey page could not be built \(.+\); plain pages are shown instead\.$/),
  ]);
  expect(await homePage(lab)).toContain('npm run fire dynamic');
});

test('npm start builds the page once the lab is ready, below a relative home too, and removes one of older sources', async () => {
  const home = mkdtempSync(join(tmpdir(), 'waybill-test-'));
  mkdirSync(join(home, 'page/older/assets'), { recursive: true });
  const other = await startLab({ WAYBILL_HOME: relative(process.cwd(), home) });
  onTestFinished(() => void other.stop());
  const document = await vi.waitFor(async () => {
    const html = await homePage(other);
    expect(html).toContain('id="page"');
    return html;
  });
  const [, script = ''] = /<script type="module" src="([^"]+)">/.exec(document) ?? [];
  const answer = await fetch(other.config.visitorUrl + script, { headers: { 'accept-encoding': 'br' } });
  expect([answer.status, answer.headers.get('content-encoding')]).toEqual([200, 'br']);
  await vi.waitFor(() => expect(existsSync(join(home, 'page/older'))).toBe(false));
  expect(readdirSync(join(home, 'page'))).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
});

test('SIGTERM ends the lab and every process of it, exit code 0', async () => {
  const children = childrenOf(lab.process.pid ?? 0);
  expect(await lab.stop()).toBe(0);
  expect(children.length).toBeGreaterThan(0);
  for (const { pid } of children) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
