// Who waits for whom: a crowd before one worker and before three, and workers that are replaced while letters come.

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sendScenario } from '../lab/cli/send.ts';
import { ATTR_QUEUE_WAIT, ATTR_WORKER_ID } from '../otel/contract/names.ts';
import type { VisitAnswer } from '../services/visitor/api.ts';
import { waitForTrace } from '../traces/jaeger.ts';
import type { TraceSpan } from '../traces/model.ts';
import { type Lab, startLab } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ WAYBILL_WORKERS: '3' });
  await crowdOfThree(); // the first letters of a worker compile its code
}, 60_000);
afterAll(() => lab?.stop());

/** Sends three letters of 100 ms at once, before all workers that there are. */
async function crowdOfThree() {
  const sent = ['a', 'b', 'c'].map(async (browser) => {
    const body = JSON.stringify({ url: 'http://tatis.test/slow/100/', browser });
    const response = await fetch(`${lab.config.visitorUrl}/visits`, { method: 'POST', body });
    const { traceId } = (await response.json()) as VisitAnswer;
    return waitForTrace(lab.config.jaegerUrl, traceId);
  });
  return Promise.all(sent);
}

/** Of letters that came at once: how long each waited, in ms, and who answered it, shortest wait first. */
function waits(letters: { spans: TraceSpan[] }[]) {
  return letters
    .map(({ spans }) => {
      const attribute = (name: string) => spans.find(({ attributes }) => name in attributes)?.attributes[name];
      return { ms: Number(attribute(ATTR_QUEUE_WAIT)), worker: String(attribute(ATTR_WORKER_ID)) };
    })
    .sort((a, b) => a.ms - b.ms);
}

test('three letters of 100 ms before one worker: each waits for those before it', async () => {
  const found = waits((await sendScenario({ name: 'queueing' }, lab.config)).slice(1));
  const [first = 0, second = 0, third = 0] = found.map(({ ms }) => ms);
  expect([second - first >= 90, third - second >= 90]).toEqual([true, true]); // timers may be early by a little
  expect(new Set(found.map(({ worker }) => worker)).size).toBe(1);
});

test('the same letters before three workers do not wait', { retry: 2 }, async () => {
  const found = waits(await crowdOfThree());
  for (const { ms } of found) expect(ms).toBeLessThan(50);
  expect(new Set(found.map(({ worker }) => worker)).size).toBe(3);
});

test('SIGHUP to the runner replaces every worker, and no letter is lost', async () => {
  const { WAYBILL_GATEWAY_CONTROL_PORT, WAYBILL_SITE_PORT } = lab.config.ports;
  const pids = async () => {
    const response = await fetch(`http://127.0.0.1:${WAYBILL_GATEWAY_CONTROL_PORT}/workers`);
    return ((await response.json()) as { workers: { pid: number }[] }).workers.map(({ pid }) => pid);
  };
  const before = await pids();
  lab.process.kill('SIGHUP');
  const statuses = new Set<number>();
  await vi.waitFor(
    async () => {
      const response = await fetch(`http://127.0.0.1:${WAYBILL_SITE_PORT}/`, { headers: { host: 'tatis.test' } });
      statuses.add(response.status);
      expect(lab.output()).toContain('all workers are new');
    },
    { interval: 5, timeout: 15_000 },
  );
  expect([...statuses]).toEqual([200]);
  for (const pid of await pids()) expect(before).not.toContain(pid);
});
