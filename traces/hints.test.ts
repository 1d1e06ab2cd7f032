import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SpanKind } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import { hintsIn, statementShape } from './hints.ts';
import { spansOf, type TraceSpan, type TracesData } from './model.ts';
import { appSpans, behindTheLab } from './testdata/recorded.ts';
import { treeOf } from './tree.ts';

test.each([
  ["SELECT a FROM t WHERE id = 5 AND b = 'it''s'", 'SELECT a FROM t WHERE id = ? AND b = ?'],
  ['SELECT a FROM t WHERE id = %s', 'SELECT a FROM t WHERE id = ?'],
  ['SELECT a FROM t1 WHERE id = $1 AND x = %(x)s AND y = :y', 'SELECT a FROM t1 WHERE id = ? AND x = ? AND y = ?'],
  ['SELECT a::int FROM t\n  WHERE id IN (1, 2,3)', 'SELECT a::int FROM t WHERE id IN (?)'],
  ["SELECT a FROM t WHERE f > 1.5e3 /* it's page 7 */ -- why", 'SELECT a FROM t WHERE f > ?'],
  ["SELECT a FROM t WHERE f = '--' AND g = '/*'", 'SELECT a FROM t WHERE f = ? AND g = ?'],
])('the shape of %j', (text, shape) => {
  expect(statementShape(text)).toBe(shape);
});

type Sketch = {
  name: string;
  parent?: number;
  kind?: SpanKind;
  start?: number;
  duration?: number;
  attributes?: object;
  scope?: string;
};

const tree = (...sketches: Sketch[]) =>
  treeOf(
    sketches.map(
      (
        { name, parent, kind = SpanKind.INTERNAL, start, duration = 1, attributes = {}, scope = 'own' },
        index,
      ): TraceSpan => ({
        ...{ traceId: 't', spanId: `${index}`, parentSpanId: parent === undefined ? null : `${parent}` },
        ...{ service: 'shop', scope, name, kind, start: start ?? 1000 + index, duration },
        ...{ attributes: attributes as TraceSpan['attributes'], resource: {}, events: [], links: [] },
        ...{ status: 'unset' as const, error: null },
      }),
    ),
  );

const request: Sketch = { name: 'GET /', kind: SpanKind.SERVER, duration: 100 };
const query = (text: string, parent = 0): Sketch => ({
  ...{ name: text.split(' ')[0] ?? '', parent, kind: SpanKind.CLIENT },
  attributes: { 'db.system.name': 'sqlite', 'db.query.text': text },
});
const found = (...sketches: Sketch[]) => hintsIn(tree(request, ...sketches));

describe('N + 1', () => {
  const owner = (id: number, parent = 0) => query(`SELECT name FROM owner WHERE id = ${id}`, parent);

  test('is the same statement three times below one request, whatever its values', () => {
    const [hint] = found(query('SELECT id FROM job'), owner(1), owner(2), owner(3));
    expect(hint).toMatchObject({
      kind: 'n-plus-1',
      text: expect.stringMatching(
        /^N \+ 1: the query “SELECT name FROM owner WHERE id = \?” runs 3 times below “shop opens GET \/” \(3\.00 ms\)\. .*prefetch_related/,
      ),
    });
    expect(hint?.nodes.map(({ span }) => span.spanId)).toEqual(['2', '3', '4']);
  });

  test('is found where each query has a step of its own', () => {
    const steps = [1, 2, 3].flatMap((id, index) => [{ name: 'row', parent: 0 }, owner(id, 1 + 2 * index)]);
    expect(found(...steps)).toHaveLength(1);
  });

  test('of changes has other advice', () => {
    const insert = (id: number) => query(`INSERT INTO vote (id) VALUES (${id})`);
    expect(found(insert(1), insert(2), insert(3))[0]?.text).toMatch('bulk_create');
  });

  test.each<[string, Sketch[]]>([
    ['twice', [owner(1), owner(2)]],
    ['different statements', [owner(1), query('SELECT a FROM b'), query('SELECT a FROM c')]],
    ['transactions', ['BEGIN', 'BEGIN', 'BEGIN'].map((text) => query(text))],
    ["what Django's DEBUG adds", [1, 2, 3].map(() => query('SELECT QUOTE(?)'))],
    ['three requests', [{ ...request, parent: 0 }, { ...request, parent: 0 }, owner(1), owner(2, 1), owner(3, 2)]],
  ])('%s is not one', (_, sketches) => {
    expect(found(...sketches)).toEqual([]);
  });
});

test.each([
  ['django', 6],
  ['django-stable', 6],
  ['django-by-hand', 6],
  ['flask', 5],
])('the N + 1 of %s is found, once: %i queries', (name, times) => {
  const hints = hintsIn(behindTheLab(appSpans(name)));
  expect(hints.map(({ kind, nodes }) => [kind, nodes.length])).toEqual([['n-plus-1', times]]);
});

test('a template that takes a large part of its request is slow, and the queries that it makes are named', () => {
  const template = {
    name: 'jinja2.render',
    parent: 0,
    start: 1010,
    duration: 60,
    scope: 'opentelemetry.instrumentation.jinja2',
  };
  const slow = { ...query('SELECT a FROM b', 1), start: 1020, duration: 40 };
  expect(found(template, slow).map(({ text }) => text)).toEqual([
    'Slow template: “jinja2.render” takes 60.0 ms, 60 % of the request. 40.0 ms of it are 1 query that it makes.',
  ]);
  expect(found({ ...template, duration: 20 })).toEqual([]);
});

test('middleware that works twice for one request is named', () => {
  const session = { name: 'middleware - session', parent: 0, attributes: { 'express.type': 'middleware' } };
  expect(found(session, { ...session, name: 'middleware - cors' })).toEqual([]);
  expect(found(session, session).map(({ text }) => text)).toEqual([
    'The middleware “middleware - session” works 2 times for one request (2.00 ms): is it listed twice?',
  ]);
});

test('an app without spans of its own has the hint how to see inside', () => {
  expect(hintsIn(behindTheLab([])).map(({ text }) => text)).toEqual([expect.stringMatching('--instrument')]);
});

const RECORDED = join(import.meta.dirname, '../dashboards/journey/testdata');

test.each(readdirSync(RECORDED))('nothing is found in the journey %s', (file) => {
  const data = JSON.parse(readFileSync(join(RECORDED, file), 'utf8')) as TracesData;
  expect(hintsIn(treeOf(spansOf(data)))).toEqual([]);
});
