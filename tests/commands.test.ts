// What a person types: fire and compare, their output and exit codes.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, startLab } from './lab.ts';

const ROOT = join(import.meta.dirname, '..');
let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab?.stop());

type Result = { code: number; stdout: string; stderr: string };

function command(args: string[], environment = lab.environment): Promise<Result> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['lab/guard.js', ...args], { cwd: ROOT, env: environment }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

test('fire draws the whole journey', async () => {
  const { code, stdout } = await command(['fire', 'dynamic']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^dynamic: GET http:\/\/tatis.test\/ → 200 in \d+\.\d ms\n/);
  for (const line of [
    /visitor +visit +━+ +\d/,
    /dns .*─ ask tatis\.test\. /,
    /proxy .*─ location /,
    /gateway .*─ queue /,
    /app .*─ SELECT game /,
  ]) {
    expect(stdout).toMatch(line);
  }
  expect(stdout).toMatch(/trace [0-9a-f]{32} · \d+ spans · complete\n/);
});

test('fire --json prints one object with every field, the last visit again at the top', async () => {
  const { code, stdout } = await command(['fire', 'again', '--json']);
  expect(code).toBe(0);
  const { visits, scenario, ok, ...last } = JSON.parse(stdout);
  expect({ scenario, ok, visits: visits.length }).toEqual({ scenario: 'again', ok: true, visits: 3 });
  expect(last).toEqual(visits[2]);
  expect(last).toEqual({
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    method: 'GET',
    url: 'http://tatis.test/',
    status: 200,
    durationMs: expect.any(Number),
    complete: true,
    missing: [],
    unexpected: [],
    extra: [],
    services: ['visitor', 'proxy', 'gateway', 'app'],
    spanCount: expect.any(Number),
    page: `${lab.config.visitorUrl}/traces/${last.traceId}`,
    jaeger: null,
  });
});

test('an unknown scenario lists those there are', async () => {
  const { code, stderr } = await command(['fire', 'nonsense']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/There is no scenario "nonsense"[\s\S]* nowhere [\s\S]* static [\s\S]* dynamic /);
});

test('fire without a lab says how to start one', async () => {
  const { code, stderr } = await command(['fire', 'static'], { ...lab.environment, WAYBILL_PAGE_PORT: '9' });
  expect(code).toBe(1);
  expect(stderr).toBe('Nobody answers at http://127.0.0.1:9. Is the lab up? Start it in another terminal: npm start\n');
});

test('an unknown flag is refused with exit code 1', async () => {
  const { code, stderr } = await command(['fire', 'static', '--fast']);
  expect(code).toBe(1);
  expect(stderr).toContain("Unknown option '--fast'");
});

test('compare puts common stages on one line, and the others on their own', async () => {
  const { code, stdout } = await command(['compare']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ +static +dynamic +difference$/m);
  expect(stdout).toMatch(/^visitor +visit +\d+\.\d\d ms +\d+\.\d\d ms +[+−]\d+\.\d\d ms$/m);
  expect(stdout).toMatch(/^proxy .*─ static file +\d+\.\d\d ms +·$/m);
  expect(stdout).toMatch(/^gateway .*─ queue +· +\d+\.\d\d ms$/m);
});
