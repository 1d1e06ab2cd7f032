// How the lab starts and ends: taken ports, Ctrl-C, a request in progress.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { childrenOf, freePortVariables, startLab } from '../lab/fixture.ts';
import { waitForTrace } from '../traces/jaeger.ts';
import { rootsOf } from '../traces/tree.ts';

test('a taken port: says which, what for, which variable changes it, and leaves nothing running', async () => {
  const variables = await freePortVariables();
  const port = Number(variables.WAYBILL_SITE_PORT);
  const squatter = createServer().listen(port, '127.0.0.1');
  await once(squatter, 'listening');
  const starting = startLab(variables);
  await expect(starting).rejects.toThrow(
    new RegExp(`the lab ended \\(1\\)[^]*${port}  the site \\(proxy\\): set WAYBILL_SITE_PORT`),
  );
  squatter.close();
  const again = await startLab(variables); // every other port is free
  await again.stop();
});

test('a wrong variable is named, with what it is for', async () => {
  await expect(startLab({ WAYBILL_WORKERS: 'two' })).rejects.toThrow(/WAYBILL_WORKERS: expected .*, got "two"/);
});

test('SIGTERM ends the lab and every process of it, exit code 0', async () => {
  const lab = await startLab();
  const children = childrenOf(lab.process.pid);
  expect(await lab.stop()).toBe(0);
  expect(children.length).toBeGreaterThan(0);
  for (const pid of children) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test('Ctrl-C while the lab starts: it ends with exit code 0, and no process is blamed', async () => {
  const home = mkdtempSync(join(tmpdir(), 'waybill-test-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const env = { ...process.env, ...(await freePortVariables()), WAYBILL_HOME: home };
  const child = spawn(process.execPath, ['lab/guard.js', 'up'], { env, detached: true });
  const errors = text(child.stderr);
  await once(child.stdout, 'data'); // the first process is ready
  process.kill(-(child.pid ?? 0), 'SIGINT'); // as a terminal does: to the whole group
  const [code] = await once(child, 'close');
  expect([code, await errors]).toEqual([0, '']);
});

test('SIGTERM to a service in the middle of a request still leaves a complete trace', async () => {
  const lab = await startLab();
  const { ports, jaegerUrl } = lab.config;
  const slow = fetch(`http://127.0.0.1:${ports.WAYBILL_SITE_PORT}/slow/`);
  const traceId = await busyTrace(ports.WAYBILL_GATEWAY_CONTROL_PORT, slow);
  const { spans } = await waitForTrace(jaegerUrl, traceId, { timeoutMs: 60_000 });
  expect(rootsOf(spans)).toHaveLength(1);
  expect(spans.map(({ service }) => service)).toEqual(expect.arrayContaining(['proxy', 'gateway', 'app']));
  expect(spans.map(({ name }) => name)).toContain('view slow');
  await lab.stop();

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
