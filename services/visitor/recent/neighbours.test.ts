// Which traces the diagnosis is given, and which link to a trace, from a trace backend that answers by hand.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BEGAN, span } from '../../../tests/support/traces/diagnosis.ts';
import { readLinkedFrom } from './linked-from.ts';
import { readNeighbours } from './neighbours.ts';

const [OWN, NEAR, LINKING] = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [string, string, string];
const queries: URLSearchParams[] = [];

const otlp = (traceId: string, more: object = {}) => ({
  result: {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'stock' } }] },
        scopeSpans: [{ spans: [{ traceId, spanId: '1'.repeat(16), name: 'GET', startTimeUnixNano: '1', ...more }] }],
      },
    ],
  },
});

const backend = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://any');
  const id = pathname.split('/').at(-1) ?? '';
  if (pathname.endsWith('/trace-summaries')) {
    queries.push(searchParams);
    const linked = searchParams.has('query.attributes');
    response.end(JSON.stringify({ summaries: [OWN, linked ? LINKING : NEAR].map((traceId) => ({ traceId })) }));
  } else if (id === LINKING) {
    response.end(JSON.stringify(otlp(id, { links: [{ traceId: OWN, spanId: '2'.repeat(16) }] })));
  } else response.end(JSON.stringify(otlp(id)));
});
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
});
afterAll(() => backend.close());

test('the traces that began meanwhile and those of the route, without the trace itself', async () => {
  const { near, alike } = await readNeighbours(url, [span('1', null, { duration: 100 })]);
  expect([near, alike].map((list) => list.map(({ traceId }) => traceId))).toEqual([[NEAR], [NEAR]]);
  expect(queries.map((query) => query.get('query.serviceName'))).toEqual([null, 'shop']);
  expect(queries[0]?.get('query.startTimeMax')).toBe(new Date(BEGAN + 1100).toISOString());
});

test('the spans that link to a trace are found by the attribute of their link', async () => {
  const linkedFrom = await readLinkedFrom(url, [span('1', null)], AbortSignal.timeout(60_000));
  expect(linkedFrom).toEqual([{ traceId: LINKING, spanId: '1'.repeat(16), label: 'stock GET' }]);
  expect(queries.at(-1)?.get('query.attributes')).toBe(JSON.stringify({ 'waybill.link.trace_id': OWN }));
});
