// The layouts hold for captured traces and for random ones, whatever spans say of each other.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAP_STOPS } from '../../../../otel/contract/stops.ts';
import { entriesOf } from '../../../../traces/breakdown.ts';
import { headAt, pointAt, realTime, replayOf } from '../../../../traces/map/replay.ts';
import { visitedBy } from '../../../../traces/map/visited.ts';
import { spansOf, type TraceSpan, type TracesData } from '../../../../traces/model.ts';
import { segmentsOf as piecesOf } from '../../../../traces/segments.ts';
import { appSpans, behindTheLab } from '../../../../traces/testdata/recorded.ts';
import { inTime, type Tree, treeOf as treeOfOrdered } from '../../../../traces/tree.ts';
import { aboutOf } from './about.ts';
import { mermaidOf } from './mermaid.ts';
import { linesOf, shownRows } from './rows.ts';
import { foldable, folded, sequenceOf } from './sequence.ts';

const FOLDER = join(import.meta.dirname, '../../testdata');
const captured = (name: string) =>
  spansOf(JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as TracesData);
const names = readdirSync(FOLDER).map((file) => file.replace('.json', ''));

const treeOf = (spans: readonly TraceSpan[]) => treeOfOrdered(inTime(spans));
const segmentsOf = (tree: Tree) => piecesOf(tree.nodes, tree);
const stagesOf = (tree: Tree) => entriesOf(segmentsOf(tree)).map(({ stage, micros }) => ({ stage, ms: micros / 1000 }));
const shares = (name: string) =>
  Object.fromEntries(stagesOf(treeOf(captured(name))).map(({ stage, ms }) => [stage, ms]));

test.each(names)('%s: every moment belongs to one stage, and together they are the whole', (name) => {
  const tree = treeOf(captured(name));
  const sum = stagesOf(tree).reduce((all, { ms }) => all + ms, 0);
  expect(sum).toBeCloseTo(tree.end - tree.start, 2);
});

test('the stages are those of the request: a static file needs no worker, a kept connection no lookup', () => {
  expect(Object.keys(shares('static'))).toEqual([
    'dns',
    'network',
    'waiting',
    'proxy',
    'file',
    'download',
    'untracked',
  ]);
  expect(Object.keys(shares('kept'))).not.toContain('dns');
  expect(Object.keys(shares('dynamic'))).toEqual(
    expect.arrayContaining(['queue', 'gateway', 'framework', 'view', 'database', 'template']),
  );
});

test('a timeout of half a second is spent where the worker is waited for', () => {
  expect(shares('stuck').gateway).toBeGreaterThan(450);
});

const visited = (name: string) => {
  const { stops, marks } = visitedBy(treeOf(captured(name)));
  return { stops: [...stops.keys()], marks: Object.fromEntries(marks) };
};

test('the map knows which stops a request has been to', () => {
  expect(visited('static').stops).toContain('static');
  expect(visited('static').stops).not.toContain('gateway');
  expect(visited('dynamic').stops).toEqual(
    expect.arrayContaining([
      'root',
      'test',
      'domain',
      'corner',
      'harbour',
      'mailbox',
      'urls',
      'view',
      'database',
      'template',
    ]),
  );
  expect(visited('kept').stops).not.toContain('corner');
  expect(visited('permission').stops).toEqual(expect.arrayContaining(['middleware', 'permission']));
});

test.each([
  ['crash', { worker: 'failed' }],
  ['nowhere', { test: 'refused' }],
  ['full', { queue: 'failed' }],
  ['silent', { domain: 'failed' }],
  ['forbidden', { permission: 'refused' }],
  ['dynamic', {}],
])('%s: the mark stands where it happened', (name, marks) => {
  expect(visited(name).marks).toEqual(marks);
});

test.each([
  ['dynamic', 'GET', 'tatis.test/', 200, /view today/],
  ['static', 'GET', 'tatis.test/static/style.css', 200, /its static files/],
  ['nowhere', 'GET', 'nowhere.test/', null, /the name was not found/],
  ['full', 'GET', 'tatis.test/', 503, /without a worker/],
])('%s: what it is about, and what answered', (name, method, where, status, by) => {
  expect(aboutOf(treeOf(captured(name)))).toMatchObject({
    method,
    where,
    status,
    answeredBy: expect.stringMatching(by),
  });
});

test('the request goes to the site by the routers that were visited, and comes back to you', () => {
  const tree = treeOf(captured('dynamic'));
  const { roads } = visitedBy(tree);
  const { steps, length } = replayOf(segmentsOf(tree), roads);
  expect(steps.map(({ stop }) => stop)).toEqual(
    expect.arrayContaining(['resolver', 'root', 'corner', 'proxy', 'queue', 'template']),
  );
  expect(pointAt({ steps, length }, length, 'wide')).toEqual(MAP_STOPS.you.wide);
  for (const { path } of steps) {
    const walked = path.slice(1).map((place, index) => `${path[index]} ${place}`);
    expect(walked.filter((road) => !roads.has(road) && !road.includes('you'))).toEqual([]);
  }
});

test('the sequence of the dynamic page as Mermaid', () => {
  const text = mermaidOf(sequenceOf(treeOf(captured('dynamic'))));
  expect(text).toMatch(/^sequenceDiagram\n {2}participant p0 as you\n/);
  expect(text).toMatch(/p\d+->>p\d+: SELECT game\n/);
  expect(text).toMatch(/p\d+-->>p0: 200\n$/);
});

// ── random traces ──

const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j');
const span: fc.Arbitrary<TraceSpan> = fc
  .record({
    spanId: ids,
    parentSpanId: fc.option(fc.oneof(ids, fc.constant('elsewhere'))),
    service: fc.constantFrom('visitor', 'dns', 'router', 'proxy', 'gateway', 'app', 'else', ''),
    name: fc.constantFrom('visit', 'DNS lookup', 'GET', 'ask .', 'answer', 'forward', 'queue', 'view x', '<b>', ''),
    scope: fc.constantFrom('waybill', 'another'),
    kind: fc.constantFrom(0, 1, 2),
    start: fc.oneof(fc.double({ min: 1000, max: 1100, noNaN: true }), fc.constant(0)),
    duration: fc.double({ min: 0, max: 200, noNaN: true }),
    error: fc.option(fc.string()),
    times: fc.array(fc.double({ min: 900, max: 1400, noNaN: true }), { maxLength: 3 }),
  })
  .map(({ times, error, ...rest }) => ({
    ...rest,
    traceId: 't',
    attributes: {},
    resource: {},
    events: times.map((time) => ({ name: 'first byte', time, attributes: {} })),
    links: [],
    status: error === null ? 'unset' : 'error',
    error,
  }));
const traces = fc.array(span, { minLength: 1, maxLength: 25 });

test('random traces: every span is a row, once, below its parent', () => {
  fc.assert(
    fc.property(traces, (spans) => {
      const tree = treeOf(spans);
      expect(tree.nodes).toHaveLength(spans.length);
      expect(new Set(tree.nodes.map(({ key }) => key)).size).toBe(spans.length);
      for (const row of tree.nodes) {
        expect(row.depth).toBe(row.parent === null ? 0 : row.parent.depth + 1);
        expect(linesOf(row, 5).length).toBe(Math.min(row.depth, 5));
      }
      expect(shownRows(tree.nodes, new Set(tree.nodes.map(({ key }) => key)))).toEqual(tree.roots);
    }),
  );
});

test('random traces: pieces of time lie side by side, from the first start to the last end', () => {
  fc.assert(
    fc.property(traces, (spans) => {
      const tree = treeOf(spans);
      const segments = segmentsOf(tree);
      for (const [index, { from, to }] of segments.entries()) {
        expect(from).toBe(index === 0 ? tree.start : segments[index - 1]?.to);
        expect(to).toBeGreaterThan(from);
      }
      expect(Math.abs((segments.at(-1)?.to ?? tree.start) - tree.end)).toBeLessThan(0.001);
    }),
  );
});

test('random traces: the replay runs forward in real time, and finds its way back to each moment', () => {
  fc.assert(
    fc.property(traces, fc.double({ min: 0, max: 1, noNaN: true }), (spans, part) => {
      const tree = treeOf(spans);
      const replay = replayOf(segmentsOf(tree), visitedBy(tree).roads);
      const head = part * replay.length;
      const real = realTime(replay, head);
      if (replay.steps.length === 0) return;
      expect(real).toBeGreaterThanOrEqual(tree.start);
      expect(real).toBeLessThanOrEqual(tree.end);
      expect(realTime(replay, headAt(replay, real))).toBeCloseTo(real, 3);
      const [x, y] = pointAt(replay, head, 'tall');
      expect(Number.isFinite(x) && Number.isFinite(y)).toBe(true);
    }),
  );
});

test('random traces have a story', () => {
  fc.assert(
    fc.property(traces, (spans) => {
      const tree = treeOf(spans);
      expect(mermaidOf(sequenceOf(tree))).not.toMatch(/[<>]b/);
      aboutOf(tree);
    }),
  );
});

test('ten thousand spans below each other are laid out', () => {
  const deep = Array.from({ length: 10_000 }, (_, index) => ({
    ...(captured('static')[0] as TraceSpan),
    service: 'app',
    name: 'of another instrumentation',
    error: 'failed',
    spanId: `s${index}`,
    parentSpanId: index === 0 ? null : `s${index - 1}`,
    start: 1000 + index * 0.01,
    duration: 300 - index * 0.02,
  }));
  const tree = treeOf(deep);
  expect(replayOf(segmentsOf(tree), visitedBy(tree).roads).length).toBeGreaterThan(0);
});

test('folded, the name servers are one lifeline and the routers another, and what goes on inside is one message each', () => {
  const whole = sequenceOf(treeOf(captured('dynamic')));
  const { participants, messages } = folded(whole, foldable(whole));
  expect(participants.map(({ label }) => label)).toEqual([
    'you',
    'phonebook',
    'post offices',
    'web server',
    'app server',
    expect.stringMatching(/^app-\d$/),
    'database',
  ]);
  expect(messages.filter(({ text }) => text.endsWith(' inside')).map(({ text }) => text)).toEqual([
    '6 messages inside',
    '2 messages inside',
  ]);
  expect(folded(whole, [])).toEqual(whole);
});

test("your app's line stands before its database; a program that it calls has a line, though it left no span", () => {
  const spans = appSpans('flask').filter(({ name }) => name !== 'GET /up');
  const { participants, messages } = sequenceOf(behindTheLab(spans));
  expect(participants.map(({ label }) => label).slice(-3)).toEqual(['blog', '127.0.0.1', 'database']);
  expect(messages.map(({ text }) => text)).toEqual(expect.arrayContaining(['SELECT post', 'GET /up', 'GET /posts/5']));
});
