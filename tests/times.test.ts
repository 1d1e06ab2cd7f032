// Every time that can be set, at its most: as long as a timer can wait. Node turns a longer one into 1 ms, so a sum that
// goes beyond, or a bound that is missed, shows as a request that is not answered.

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startLab } from '../lab/fixture.ts';
import { MAX_TIMER_MS } from '../runtime/bounds.ts';
import { ROOT } from '../runtime/program.ts';

const configs = globSync('{services,lab,runtime}/**/config.ts', { cwd: ROOT }).map((path) =>
  readFileSync(join(ROOT, path), 'utf8'),
);
const times = configs.flatMap((text) =>
  [...text.matchAll(/(WAYBILL_\w+): milliseconds\(/g)].map(([, name = '']) => name),
);

test('every setting whose text speaks of ms is read as a time', () => {
  const counted = configs.flatMap((text) => text.match(/WAYBILL_\w+: count\(\{[^}]*\bms\b[^}]*\}/g) ?? []);
  expect(counted).toEqual([]);
  expect(times.length).toBeGreaterThan(10);
});

test('with every time at its maximum, requests are answered: a file, and a page', async () => {
  const lab = await startLab(Object.fromEntries(times.map((name) => [name, String(MAX_TIMER_MS)])));
  try {
    const { visitorUrl, ports } = lab.config;
    for (const path of ['/static/style.css', '/']) {
      const body = JSON.stringify({ url: `http://tatis.test${path}`, cold: true });
      const visit = await (await fetch(`${visitorUrl}/visits`, { method: 'POST', body })).json();
      expect(visit).toMatchObject({ status: 200, error: null });
      const direct = await fetch(`http://127.0.0.1:${ports.WAYBILL_SITE_PORT}${path}`);
      expect(direct.status).toBe(200);
    }
    const faults = { 'gateway.timeout': MAX_TIMER_MS, 'gateway.queueWait': MAX_TIMER_MS };
    const control = `http://127.0.0.1:${ports.WAYBILL_GATEWAY_CONTROL_PORT}/faults`;
    expect((await fetch(control, { method: 'PUT', body: JSON.stringify(faults) })).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${ports.WAYBILL_SITE_PORT}/`)).status).toBe(200);
  } finally {
    await lab.stop();
  }
});
