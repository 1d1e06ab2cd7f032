// Two learners, each with a lab of their own, who store their traces in one place: each sees their own, and sets their own faults.
// The first lab listens on ::1.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readTrace, sendScenario } from '../lab/cli/send.ts';
import { at } from '../lab/config.ts';
import { runChecks } from '../lab/doctor/run-checks.ts';
import { GUARD, type Lab, startLab } from '../lab/fixture.ts';
import { ROOT } from '../runtime/program.ts';
import type { Faults, Traces, VisitAnswer } from '../services/visitor/api.ts';

let ola: Lab;
let zoe: Lab;
beforeAll(async () => {
  ola = await startLab({ WAYBILL_LEARNER: 'ola', WAYBILL_HOST: '::1' });
});
beforeAll(async () => {
  zoe = await startLab({
    WAYBILL_LEARNER: 'Zoë',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${at(ola.config, 'WAYBILL_OTLP_PORT')}`,
    WAYBILL_JAEGER_URL: ola.config.jaegerUrl,
  });
});
afterAll(async () => {
  await zoe?.stop();
  await ola?.stop();
});

async function ask<T>({ config }: Lab, path: string, init?: RequestInit): Promise<T> {
  return (await (await fetch(config.visitorUrl + path, init)).json()) as T;
}

const visit = (lab: Lab) =>
  ask<VisitAnswer>(lab, '/visits', {
    method: 'POST',
    body: JSON.stringify({ url: 'https://tatis.test/', cold: true }),
  });

test("every span of a learner's request has their name, and each finds their own requests", async () => {
  const [olas, zoes] = [await visit(ola), await visit(zoe)];
  for (const [lab, { traceId }, name] of [[ola, olas, 'ola'] as const, [zoe, zoes, 'Zoë'] as const]) {
    const spans = await vi.waitFor(async () => {
      const found = (await readTrace(traceId, lab.config)).spans;
      expect(found.length).toBeGreaterThan(25);
      return found;
    });
    expect(new Set(spans.map(({ attributes }) => attributes['waybill.learner']))).toEqual(new Set([name]));
    const listed = await ask<Traces>(lab, '/traces');
    expect(listed.learner).toBe(name);
    expect(listed.traces.map((row) => row.traceId)).toEqual([traceId]);
  }
  const { traces } = await ask<Traces>(ola, '/traces?learner=*');
  expect(traces.map(({ learner }) => learner).sort()).toEqual(['Zoë', 'ola']);
});

test('a learner who is named by the baggage of a request is marked as such: the trace does not become theirs', async () => {
  const headers = { baggage: 'waybill.learner=tatis', traceparent: `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01` };
  await fetch(`${ola.config.siteUrl}/`, { headers });
  const spans = await vi.waitFor(async () => {
    const found = (await readTrace('a1'.repeat(16), ola.config)).spans;
    expect(found.some(({ service, kind }) => service === 'app' && kind === 1)).toBe(true);
    return found;
  });
  for (const { attributes } of spans) {
    expect(attributes).toMatchObject({ 'waybill.learner': 'ola', 'waybill.baggage.learner': 'tatis' });
  }
});

test("one learner's faults are not another's", async () => {
  await ask<Faults>(ola, '/faults', {
    method: 'PUT',
    body: JSON.stringify({ 'gateway.workers': 0, 'gateway.queueDepth': 0 }),
  });
  expect((await visit(ola)).status).toBe(503);
  expect((await visit(zoe)).status).toBe(200);
  await ask<Faults>(ola, '/faults', { method: 'DELETE' });
});

const run = (...args: string[]) =>
  promisify(execFile)(process.execPath, [GUARD, ...args], {
    cwd: ROOT,
    env: ola.environment,
  });

test.each([
  [['fire', 'dynamic']],
  [['fire', 'https']],
  [['fire', 'http://djangogirls.test/letters/Ola/']],
  [['compare', '--once']],
  [['story', 'job']],
  [['breakdown', 'static']],
  [['traces']],
  [['faults']],
  [['map']],
  [['doctor']],
  [['load', '--duration', '1', '--rate', '5']],
])('npm run %j succeeds in a lab with WAYBILL_LEARNER', async (args) => {
  const { stdout } = await run(...args);
  expect(stdout).not.toMatch(/unexpected/i);
});

test('a lab that listens on ::1 makes complete traces, and its doctor finds nothing broken', async () => {
  const { config, environment } = ola;
  const outcomes = await sendScenario({ name: 'dynamic' }, config);
  expect(outcomes.map(({ ok, missing }) => ({ ok, missing }))).toEqual([{ ok: true, missing: [] }]);
  const findings = await runChecks({ config, environment });
  expect(findings.filter(({ state }) => state === 'failed')).toEqual([]);
});

test('an invalid name is refused before anything starts', async () => {
  await expect(startLab({ WAYBILL_LEARNER: 'a b' })).rejects.toThrow(
    /WAYBILL_LEARNER is "a b": it takes up to 32 letters/,
  );
});
