import { SpanKind } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import { entriesOf } from './breakdown.ts';
import { foreignRole } from './foreign.ts';
import { stopOf, visitedBy } from './map/visited.ts';
import type { TraceSpan } from './model.ts';
import { segmentsOf } from './segments.ts';
import { storyIn } from './story.ts';
import { appSpans, behindTheLab } from './testdata/recorded.ts';
import { treeOf } from './tree.ts';

const { SERVER, CLIENT, INTERNAL } = SpanKind;

type Sketch = [name: string, kind: SpanKind, attributes?: object, scope?: string, service?: string];

/** Spans one below the other. */
const chain = (...sketches: Sketch[]) =>
  treeOf(
    sketches.map(
      ([name, kind, attributes = {}, scope = 'own', service = 'shop'], index): TraceSpan => ({
        ...{
          traceId: 't',
          spanId: `${index}`,
          parentSpanId: index === 0 ? null : `${index - 1}`,
          service,
          scope,
          name,
        },
        ...{ kind, start: 1000 + index, duration: 100 - index, attributes: attributes as TraceSpan['attributes'] },
        ...{ resource: {}, events: [], links: [], status: 'unset' as const, error: null },
      }),
    ),
  ).nodes;

test.each<[Sketch, string]>([
  [['GET /', SERVER, { 'http.request.method': 'GET' }], 'server'],
  [['orders process', SpanKind.CONSUMER], 'server'],
  [['GET', CLIENT, { 'http.method': 'GET' }, 'opentelemetry.instrumentation.requests'], 'client'],
  [['SELECT', CLIENT, { 'db.system': 'postgresql' }, 'opentelemetry.instrumentation.psycopg'], 'database'],
  [['SELECT', INTERNAL, { 'db.system.name': 'sqlite' }], 'database'],
  [['middleware - session', INTERNAL, { 'express.type': 'middleware' }], 'middleware'],
  [['router - /polls', INTERNAL, { 'express.type': 'router' }], 'router'],
  [['request handler - /polls', INTERNAL, { 'express.type': 'request_handler' }], 'view'],
  [['handler - fastify', INTERNAL, { 'fastify.type': 'request_handler' }], 'view'],
  [['index', INTERNAL, { 'code.function': 'index' }], 'view'],
  [['index', INTERNAL, { 'code.function.name': 'polls.views.index' }], 'view'],
  [['jinja2.render', INTERNAL, {}, 'opentelemetry.instrumentation.jinja2'], 'template'],
  [['count votes', INTERNAL], 'step'],
  [['GET / http send', INTERNAL, { 'asgi.event.type': 'http.response.body' }], 'step'],
])('%j is recognised as %s', (sketch, role) => {
  const [node] = chain(sketch);
  expect(node && foreignRole(node)).toBe(role);
});

test('a program that another one calls is a callee, and so is what it does itself; its database is a database', () => {
  const nodes = chain(
    ['GET /', SERVER],
    ['GET', CLIENT],
    ['GET /price', SERVER, {}, 'own', 'prices'],
    ['look it up', INTERNAL, {}, 'own', 'prices'],
    ['SELECT', CLIENT, { 'db.system': 'mysql' }, 'own', 'prices'],
  );
  expect(nodes.map(foreignRole)).toEqual(['server', 'client', 'callee', 'callee', 'database']);
  expect(nodes.map(stopOf)).toEqual(['worker', 'remote', 'remote', 'remote', 'database']);
});

test('the spans of other instrumentations in a process of the lab are not of another program', () => {
  const [node] = chain(['tcp.connect', INTERNAL, {}, '@opentelemetry/instrumentation-net', 'proxy']);
  expect(node && foreignRole(node)).toBeUndefined();
});

describe.each([
  ['django', ['worker', 'database'], ['other', 'database']],
  ['django-stable', ['worker', 'database'], ['other', 'database']],
  ['django-by-hand', ['worker', 'view', 'database'], ['other', 'view', 'database']],
  ['flask', ['worker', 'remote', 'template', 'database'], ['other', 'remote', 'template', 'database']],
  ['fastapi', ['worker', 'database'], ['other', 'database']],
])('%s behind the lab', (name, stops, stages) => {
  const tree = behindTheLab(appSpans(name));
  const { service } = appSpans(name)[0] as TraceSpan;

  test('has its places on the map', () => {
    const visited = visitedBy(tree);
    expect([...visited.stops.keys()]).toEqual(expect.arrayContaining(['you', 'proxy', 'gateway', ...stops]));
    expect(visited.roads.has('gateway worker')).toBe(true);
  });

  test('has its stages in the breakdown', () => {
    const [app] = tree.nodes.filter((node) => node.span.service === service);
    const nodes = tree.nodes.filter((node) => node.span.service === service);
    const window = { start: app?.span.start ?? 0, end: (app?.span.start ?? 0) + (app?.span.duration ?? 0) };
    expect(
      entriesOf(segmentsOf(nodes, window))
        .map(({ stage }) => stage)
        .sort(),
    ).toEqual([...stages].sort());
  });

  test('has sentences, there and back', () => {
    const sentences = storyIn(tree)
      .filter(({ node }) => node.span.service === service)
      .map(({ text }) => text);
    expect(sentences[0]).toMatch(`Your app (${service}) gets the letter: GET`);
    expect(sentences.at(-1)).toMatch(`Your app (${service}) answers: 200`);
    expect(sentences.filter((text) => /http send|undefined|null|\?\./.test(text))).toEqual([]);
  });
});

test('the sentences of Flask with a database, a template and a call of another program', () => {
  const sentences = storyIn(treeOf(appSpans('flask'))).map(({ text }) => text.replace(/\([\d.]+ ms\)/, '(… ms)'));
  expect(sentences.slice(0, 3)).toEqual([
    'Your app (blog) gets the letter: GET /posts/5; the pattern “/posts/<int:n>” matches.',
    'The database gets a query: SELECT post.',
    'SELECT post is done (… ms).',
  ]);
  expect(sentences.slice(-4)).toEqual([
    '127.0.0.1 answers: 200 (… ms).',
    'A template is filled in: <memory>.',
    'A template is filled in: <memory>.',
    'Your app (blog) answers: 200 (… ms).',
  ]);
});

test('an app without spans of its own is one stop, and its time is its own', () => {
  const tree = behindTheLab([]);
  const attempt = visitedBy(tree).stops.get('worker');
  expect(attempt?.map(({ span }) => span.service)).toEqual(['gateway']);
  expect(visitedBy(tree).roads.has('gateway worker')).toBe(true);
  expect(entriesOf(segmentsOf(tree.nodes, tree)).map(({ stage }) => stage)).toContain('other');
});

test.each([
  [200, undefined],
  [404, 'refused'],
  [500, 'failed'],
] as const)('an app that answers %i has the mark %s', (status, mark) => {
  const answer = { 'http.method': 'GET', 'http.status_code': status };
  const [server] = chain(['GET', SERVER, answer]);
  const error = status >= 500 ? 'error' : null;
  const nodes = server ? [{ ...server, span: { ...server.span, error } }] : [];
  const tree = { roots: nodes, nodes, start: 1000, end: 1100 };
  expect(visitedBy(tree).marks.get('worker')).toBe(mark);
});
