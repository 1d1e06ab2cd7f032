import { SpanKind } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import type { TraceSpan } from './model.ts';
import { receiverOf, titleOf } from './titles.ts';
import { treeOf } from './tree.ts';

const span = (spanId: string, parentSpanId: string | null, service: string, changes: object = {}): TraceSpan => ({
  ...{ traceId: 't', spanId, parentSpanId, service, scope: '@opentelemetry/instrumentation-http', name: 'GET' },
  ...{ kind: SpanKind.CLIENT, start: 1000 + Number(spanId), duration: 10, attributes: {}, resource: {} },
  ...{ events: [], links: [], status: 'unset' as const, error: null },
  ...changes,
});

test('a request names the next service below it, also behind spans that other instrumentations have put between', () => {
  const spans = [
    span('1', null, 'visitor', { scope: 'waybill' }),
    span('2', '1', 'visitor'),
    span('3', '2', 'proxy', { kind: SpanKind.SERVER }),
  ];
  const titles = treeOf(spans).nodes.map((node) => titleOf(node.span, receiverOf(node)));
  expect(titles).toEqual(['you → web server GET', 'you → web server GET', 'web server opens GET']);
});

test("Go's name of a request, a query by its statement, and what FastAPI sends, have titles", () => {
  const title = (name: string, changes: object) => {
    const [node] = treeOf([span('1', null, 'shop', { name, ...changes })]).nodes;
    return node && titleOf(node.span, receiverOf(node));
  };
  expect(title('HTTP GET', { attributes: { 'http.url': 'http://pay.example/x' } })).toBe('shop → pay.example GET');
  expect(title('SELECT', { attributes: { 'db.system': 'sqlite', 'db.statement': 'SELECT a FROM job' } })).toBe(
    'SELECT job',
  );
  expect(title('GET / http send', { kind: SpanKind.INTERNAL })).toBe('shop GET / http send');
});

test('a request that no other service has recorded names the address it was sent to', () => {
  const [node] = treeOf([span('1', null, 'shop', { attributes: { 'server.address': 'pay.example' } })]).nodes;
  expect(node && titleOf(node.span, receiverOf(node))).toBe('shop → pay.example GET');
});
