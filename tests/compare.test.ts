// Comparisons over a whole lab: what is sent in turns, from which start, and what is shown of it.

import { beforeAll, expect, test } from 'vitest';
import { measureSets, readSet } from '../lab/cli/sets.ts';
import type { Lab } from '../lab/fixture.ts';
import { parseMix } from '../lab/load/mix.ts';
import { readBack, runLoad } from '../lab/load/run.ts';
import type { VisitAnswer } from '../services/visitor/api.ts';
import { waitForTrace } from '../traces/jaeger.ts';
import { spansOf, type TraceSpan, type TracesData } from '../traces/model.ts';
import { compareSets } from '../traces/statistics/comparison.ts';
import type { SampleSet } from '../traces/statistics/sample.ts';
import { rootsOf } from '../traces/tree.ts';
import { sharedLab } from './shared-lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await sharedLab();
});

type Sides = Parameters<typeof measureSets>[0]['sides'];

function measure(sides: Sides, times: number, { signal = new AbortController().signal, onRequest = () => {} } = {}) {
  return measureSets({ sides, times }, lab.config, { signal, onRequest });
}

async function spansIn({ samples }: SampleSet): Promise<TraceSpan[][]> {
  const read = async (traceId: string) =>
    spansOf((await (await fetch(`${lab.config.visitorUrl}/traces/${traceId}.json`)).json()) as TracesData);
  return Promise.all(samples.map(({ traceId }) => read(traceId)));
}

const sideOf = ({ sets }: { sets: SampleSet[] }, side: number) => sets[side] as SampleSet;

test('a warm comparison measures visits over an open connection, in turns, without the first round', async () => {
  const measured = await measure([{ scenario: 'static' }, { scenario: 'dynamic' }], 4);
  expect(measured.problem).toBe('');
  expect(
    measured.sets.map(({ name, samples, failures }) => [name, samples.map(({ index }) => index), failures]),
  ).toEqual([
    ['static', [1, 2, 3, 4], []],
    ['dynamic', [1, 2, 3, 4], []],
  ]);
  const roots = (await Promise.all(measured.sets.map(spansIn))).flat().map((spans) => rootsOf(spans)[0]);
  expect(new Set(roots.map((root) => root?.attributes['waybill.connection']))).toEqual(new Set(['kept']));
  const starts = measured.sets.map((_, side) => roots.slice(4 * side, 4 * side + 4).map((root) => root?.start ?? 0));
  const isFirst = starts[0]?.map((start, at) => start < (starts[1]?.[at] ?? 0));
  expect(isFirst).toEqual([true, false, true, false]);
});

test('each side may have its own start: cold asks from the root, new finds the name', async () => {
  const measured = await measure(
    [
      { scenario: 'dynamic', start: 'cold' },
      { scenario: 'dynamic', start: 'new' },
    ],
    2,
  );
  const caches = await Promise.all(
    measured.sets.map(async (set) =>
      (await spansIn(set)).map(
        (spans) => spans.find(({ name }) => name === 'resolve')?.attributes['waybill.dns.cache'],
      ),
    ),
  );
  expect(caches).toEqual([
    ['miss', 'miss'],
    ['hit', 'hit'],
  ]);
});

test('a cold request has no effect on the cache of others', async () => {
  const lookUp = async () => {
    const body = JSON.stringify({ url: 'http://djangogirls.test/letters/Ola/', browser: 'other' });
    const response = await fetch(`${lab.config.visitorUrl}/visits`, { method: 'POST', body });
    const { traceId } = (await response.json()) as VisitAnswer;
    const { spans } = await waitForTrace(lab.config.jaegerUrl, traceId);
    return spans.find(({ name }) => name === 'resolve')?.attributes['waybill.dns.cache'];
  };
  await lookUp();
  await measure([{ scenario: 'letter', start: 'cold' }], 1);
  expect(await lookUp()).toBe('hit');
});

test('the visits of a scenario can be compared with each other, each round in a session of its own', async () => {
  const { sets } = await measure(
    [
      { scenario: 'n-plus-1', visit: 1 },
      { scenario: 'n-plus-1', visit: 2 },
    ],
    2,
  );
  const urls = await Promise.all(
    sets.map(async (set) => (await spansIn(set)).map((spans) => rootsOf(spans)[0]?.attributes['url.full'])),
  );
  expect(new Set(urls.flat()).size).toBe(2);
  expect((await measure([{ scenario: 'job' }], 2)).sets[0]?.failures).toEqual([]);
});

test('a set is read again from its traces, with the same figures', async () => {
  const measured = await measure([{ scenario: 'static' }, { scenario: 'dynamic' }], 3);
  const [a, b] = await Promise.all(measured.sets.map(({ id }) => readSet(id, lab.config)));
  expect(compareSets(a as SampleSet, b as SampleSet)).toEqual(compareSets(sideOf(measured, 0), sideOf(measured, 1)));
  await expect(readSet('00000000', lab.config)).rejects.toThrow('No trace of the set "00000000" is kept here');
});

test('a load leaves a set of each scenario, which is read as any other', async () => {
  const sent = await runLoad(
    parseMix('static,dynamic'),
    { rate: 20, duration: 1, maxInFlight: 50, signal: new AbortController().signal },
    lab.config,
    () => {},
  );
  await readBack(sent.sent, lab.config.jaegerUrl);
  const ids = [...new Set(sent.sent.map(({ share }) => share.set))];
  const sets = await Promise.all(ids.map((id) => readSet(id, lab.config)));
  expect(sets.map(({ name, start, samples, failures }) => [name, start, samples.length, failures]).sort()).toEqual([
    ['dynamic', 'load', 10, []],
    ['static', 'load', 10, []],
  ]);
  expect(compareSets(sets[0] as SampleSet, sets[1] as SampleSet).pairs).toBe(10);
});

test('two comparisons at once both get their figures', async () => {
  const sides = [{ scenario: 'static' }, { scenario: 'dynamic' }];
  const both = await Promise.all([measure(sides, 3), measure(sides, 3)]);
  expect(both.map(({ sets }) => sets.map(({ samples }) => samples.length))).toEqual([
    [3, 3],
    [3, 3],
  ]);
});

test('an interrupted comparison keeps what was measured', async () => {
  const stop = new AbortController();
  const onRequest = (index = 0) => {
    if (index === 3) stop.abort();
  };
  const { sets } = await measure([{ scenario: 'static' }], 50, { signal: stop.signal, onRequest });
  expect([2, 3]).toContain(sets[0]?.samples.length);
});

test('a side that always fails has no figures, and says why; its set opened again says the same', async () => {
  await fetch(`${lab.config.visitorUrl}/faults`, { method: 'PUT', body: '{"router.corner":true}' });
  const { sets } = await measure([{ scenario: 'static' }], 2).finally(() =>
    fetch(`${lab.config.visitorUrl}/faults`, { method: 'DELETE' }),
  );
  expect([sets[0]?.samples, sets[0]?.failures.length]).toEqual([[], 2]);
  const { samples, failures } = await readSet(sets[0]?.id ?? '', lab.config);
  expect([samples, failures]).toEqual([[], sets[0]?.failures]);
});

test.for([
  [{ sides: [], times: 2 }, 'sides takes one or two'],
  [{ sides: [{ scenario: 'static' }], times: 0 }, 'times takes a whole number from 1 to 200'],
  [{ sides: [{ scenario: 'static' }], times: 10_000 }, 'times takes a whole number from 1 to 200'],
  [{ sides: [{ scenario: 'nothing' }] }, 'There is no scenario "nothing"'],
  [{ sides: [{ scenario: 'static', visit: 2 }] }, 'visit takes 1 to 1'],
  [{ sides: [{ scenario: 'static', start: 'hot' }] }, 'sides.0.start takes cold, new or warm'],
] as const)('%j is refused: %s', async ([order, message]) => {
  const response = await fetch(`${lab.config.visitorUrl}/sets`, { method: 'POST', body: JSON.stringify(order) });
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(((await response.json()) as { error: { message: string } }).error.message).toContain(message);
});
