// The plain page of a trace, for traces of any program.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tracePage } from './trace-page.ts';

const ID = '0af7651916cd43dd8448eb211c80319c';
let spans: object[] = [];
const jaeger = createServer((_request, response) => {
  response.end(JSON.stringify({ result: { resourceSpans: [{ scopeSpans: [{ spans }] }] } }));
});
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => jaeger.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(jaeger.address() as AddressInfo).port}`;
});
afterAll(() => jaeger.close());

const id = (number: number) => number.toString(16).padStart(16, '0');

test('a span with only ids, an empty event and an empty attribute are shown', async () => {
  spans = [{ traceId: ID, spanId: id(1), events: [{}], attributes: [{}] }];
  const { status, html } = await tracePage(ID, url, 0);
  expect(status).toBe(200);
  expect(html.match(/\(no name\)/g)?.length).toBeGreaterThanOrEqual(4);
  expect(html).toContain('(no time)');
  expect(html).not.toContain('undefined');
});

test('a parent of zeros, its own parent, a shared id: every span is shown, once', async () => {
  spans = [
    { name: 'one', parentSpanId: id(0), spanId: id(1) },
    { name: 'two', parentSpanId: id(2), spanId: id(2) },
    { name: 'three', parentSpanId: id(1), spanId: id(3), kind: 3 },
    { name: 'four', parentSpanId: id(1), spanId: id(3), kind: 2 },
  ].map((span) => ({ traceId: ID, ...span }));
  const { html } = await tracePage(ID, url, 0);
  expect([...html.matchAll(/class="name">(?:<i><\/i>)*(\w+) /g)].map(([, name]) => name)).toEqual([
    'one',
    'three',
    'four',
    'two',
  ]);
});

test('a trace of 130,000 spans shows 10,000, and says so', async () => {
  spans = Array.from({ length: 130_000 }, (_, index) => ({ traceId: ID, spanId: id(index + 1), parentSpanId: id(1) }));
  const { html } = await tracePage(ID, url, 0);
  expect(html).toContain('shows 10,000 of 130,000 spans');
  expect(html.match(/<details/g)).toHaveLength(10_000);
});

test('a chain of 2,500 spans is shown, though the event loop was blocked for longer than the connection is kept', async () => {
  spans = Array.from({ length: 2500 }, (_, index) => ({ traceId: ID, spanId: id(index + 1), parentSpanId: id(index) }));
  expect((await tracePage(ID, url, 0)).html.match(/<details/g)).toHaveLength(2500);
});

test('a trace id may be in capitals, or have 16 digits', async () => {
  spans = [{ traceId: ID, spanId: id(1) }];
  expect((await tracePage(ID.toUpperCase(), url, 0)).status).toBe(200);
  expect((await tracePage(ID.slice(16), url, 0)).status).toBe(200);
  expect((await tracePage(`${ID}0`, url, 0)).status).toBe(400);
});

test('control characters and HTML in a name are shown as text', async () => {
  spans = [{ traceId: ID, spanId: id(1), name: 'a\u202eb\u001b[2J<b>' }];
  expect((await tracePage(ID, url, 0)).html).toContain('a\\u202eb\\u001b[2J&#60;b&#62;');
});

test('a trace that ends in the future is complete when no more of its spans arrive', async () => {
  const nano = (ms: number) => `${Date.now() + ms}000000`;
  spans = [{ traceId: ID, spanId: id(1), startTimeUnixNano: nano(0), endTimeUnixNano: nano(3_600_000) }];
  expect(await tracePage(ID, url, 0)).toMatchObject({ status: 200, again: false });
});
