import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { percentiles } from '../../traces/statistics/percentiles.ts';
import { openLoop } from './arrivals.ts';
import { parseMix, pick } from './mix.ts';

const plan = { rate: 100, duration: 0.2, maxInFlight: 100, signal: new AbortController().signal };

test('requests are due at the rate, however slow the answers are', async () => {
  const due: number[] = [];
  const { sent } = await openLoop(plan, async (_, dueAt) => {
    due.push(dueAt);
    await delay(300); // longer than the whole load
  });
  expect(sent).toBe(20);
  const gaps = due.slice(1).map((time, index) => time - (due[index] as number));
  expect(gaps.every((gap) => Math.abs(gap - 10) < 0.001)).toBe(true);
});

test('what is due when too many are unanswered is counted, not sent', async () => {
  const progress = await openLoop({ ...plan, maxInFlight: 3 }, () => delay(400));
  expect(progress).toEqual({ due: 20, sent: 3, notSent: 17, inFlight: 0 });
});

test('an aborted load sends no more, and waits for what is under way', async () => {
  const stop = new AbortController();
  let answered = 0;
  const { sent } = await openLoop({ ...plan, duration: 100, signal: stop.signal }, async (index) => {
    if (index === 2) stop.abort();
    await delay(20);
    answered++;
  });
  expect(answered).toBe(sent);
  expect(sent).toBeLessThan(10);
});

test('percentiles are the nearest rank', () => {
  const latencies = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect(percentiles(latencies)).toEqual({ p50: 100, p90: 180, p99: 198, slowest: 200 });
  expect(percentiles([])).toBeNull();
});

describe('a mix', () => {
  test('is met by what is sent', () => {
    const shares = parseMix('static=3,dynamic=1');
    const names = Array.from({ length: 400 }, (_, index) => pick(shares, index).name);
    expect(Math.abs(names.filter((name) => name === 'static').length - 300)).toBeLessThanOrEqual(2);
  });

  test('knows how many spans the proxy and those behind it must leave', () => {
    expect(parseMix('static')[0]).toMatchObject({
      host: 'tatis.test',
      path: '/static/style.css',
      status: 200,
      spans: 3,
    });
  });

  test('takes a former name for the same scenario', () => {
    expect(parseMix('island=2')[0]).toMatchObject({ name: 'rerouted', weight: 2, host: 'island.tatis.test' });
    expect(() => parseMix('island,rerouted')).toThrow('names a scenario twice');
  });

  test.for([
    ['static=x', 'expected scenario=weight'],
    ['statik', '"statik" is not a scenario. A load can send: www, '],
    ['job', '"job" is more than one plain request'],
    ['queueing', '"queueing" is more than one plain request'],
    ['static,static', 'names a scenario twice'],
    ['static=0', 'no scenario a weight above 0'],
  ] as const)('%s: %s', ([text, message]) => {
    expect(() => parseMix(text)).toThrow(message);
  });
});
