// Which request waits for which: several at once for one worker and for three, and workers that are replaced under load.

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sendScenario } from '../lab/cli/send.ts';
import { type Lab, startLab } from '../lab/fixture.ts';
import { ATTR_WORKER_ID } from '../otel/contract/names.ts';
import type { VisitAnswer } from '../services/visitor/api.ts';
import { waitForTrace } from '../traces/jaeger.ts';
import type { TraceSpan } from '../traces/model.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ WAYBILL_WORKERS: '3' });
});
afterAll(() => lab?.stop());

/** Sends three requests at once that take `ms` each, to all workers. */
async function crowdOfThree(ms: number) {
  const sent = ['a', 'b', 'c'].map(async (browser) => {
    const body = JSON.stringify({ url: `http://tatis.test/slow/${ms}/`, browser });
    const response = await fetch(`${lab.config.visitorUrl}/visits`, { method: 'POST', body });
    const { traceId } = (await response.json()) as VisitAnswer;
    return waitForTrace(lab.config.jaegerUrl, traceId);
  });
  return Promise.all(sent);
}

/** Of requests that came at once: the worker of each, and from when to when it worked (ms since 1970), in that order. */
function attempts(requests: { spans: TraceSpan[] }[]) {
  return requests
    .map(({ spans }) => {
      const {
        start = 0,
        duration = 0,
        attributes,
      } = spans.find(({ attributes }) => ATTR_WORKER_ID in attributes) ?? {};
      return { start, end: start + duration, worker: attributes?.[ATTR_WORKER_ID] };
    })
    .sort((a, b) => a.start - b.start);
}

test('three requests of 100 ms to one worker: each waits for those before it', async () => {
  const [first, second, third] = attempts((await sendScenario({ name: 'queueing' }, lab.config)).slice(1));
  expect(second?.start).toBeGreaterThanOrEqual(first?.end ?? Number.NaN);
  expect(third?.start).toBeGreaterThanOrEqual(second?.end ?? Number.NaN);
  expect(new Set([first, second, third].map((each) => each?.worker)).size).toBe(1);
});

test('requests to three workers wait for no other', async () => {
  const [first, second, third] = attempts(await crowdOfThree(4000));
  expect(Math.max(second?.start ?? Number.NaN, third?.start ?? Number.NaN)).toBeLessThan(first?.end ?? Number.NaN);
  expect(new Set([first, second, third].map((each) => each?.worker)).size).toBe(3);
});

test('SIGHUP to the runner replaces every worker, and no request is lost', async () => {
  const { WAYBILL_GATEWAY_CONTROL_PORT, WAYBILL_SITE_PORT } = lab.config.ports;
  const pids = async () => {
    const response = await fetch(`http://127.0.0.1:${WAYBILL_GATEWAY_CONTROL_PORT}/workers`);
    return ((await response.json()) as { workers: { pid: number }[] }).workers.map(({ pid }) => pid);
  };
  const before = await pids();
  lab.process.kill('SIGHUP');
  const statuses = new Set<number>();
  await vi.waitFor(async () => {
    const response = await fetch(`http://127.0.0.1:${WAYBILL_SITE_PORT}/`, { headers: { host: 'tatis.test' } });
    statuses.add(response.status);
    expect(lab.output()).toContain('all workers are replaced');
  });
  expect([...statuses]).toEqual([200]);
  for (const pid of await pids()) expect(before).not.toContain(pid);
});
