import { expect, test } from 'vitest';
import type { ChainResults } from './results.ts';
import { sizingOf } from './scale.ts';

const results = {
  where: '',
  rates: [
    {
      page: 'dynamic',
      connections: 32,
      name: 'protobuf',
      rate: 0,
      cpu: { proxy: 100, gateway: 50, app: 400, store: 200 },
    },
    { page: 'static', connections: 32, name: 'protobuf', rate: 0, cpu: { proxy: 20, store: 10 } },
    {
      page: 'dynamic',
      connections: 32,
      name: 'sampled 1 %',
      rate: 0,
      cpu: { proxy: 90, gateway: 40, app: 300, store: 2 },
    },
  ],
  spans: { made: 0, stored: 0 },
  store: { protobuf: 0, json: 0, bytesASpan: 500 },
} as ChainResults;

test('cores are those of the busiest hour, half used; spans and bytes those of all days that are kept', () => {
  // 180,000 visitors: 3.6 million pages and 10.8 million files a day, of which 720,000 and 2,160,000 in the busiest hour
  const { pages, files, needs, spansADay, gigabytes } = sizingOf(results, 180_000, 1);
  expect({ pages, files }).toEqual({ pages: 200, files: 600 });
  const cores = Object.fromEntries(needs.map((need) => [need.part, need.cores]));
  expect(cores.proxy).toBeCloseTo(((200 * 100 + 600 * 20) / 1e6) * 2);
  expect(cores.app).toBeCloseTo(((200 * 400) / 1e6) * 2);
  expect(spansADay).toBe(3_600_000 * 11 + 10_800_000 * 3);
  expect(gigabytes).toBeCloseTo((spansADay * 7 * 500) / 1e9);
});

test('of a hundredth of the traces a hundredth is kept, at the cost that was measured for that', () => {
  const [all, few] = [sizingOf(results, 1000, 1), sizingOf(results, 1000, 0.01)];
  expect(few.spansADay).toBeCloseTo(all.spansADay / 100);
  expect(few.needs.find(({ part }) => part === 'app')?.cores).toBeCloseTo(((1000 * 20 * 0.2) / 3600) * (300 / 1e6) * 2);
});
