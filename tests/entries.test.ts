// Clients that are not the visitor: their traces begin at the proxy or the DNS server. And clients that send nonsense.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { decode, encode } from 'dns-packet';
import { beforeAll, expect, test } from 'vitest';
import type { Lab } from '../lab/fixture.ts';
import { findScenario, type Scenario } from '../scenarios/scenarios.ts';
import type { Expected } from '../traces/expected.ts';
import { waitForTrace } from '../traces/jaeger.ts';
import { judge } from '../traces/judge.ts';
import { rootsOf } from '../traces/tree.ts';
import { sharedLab } from './shared-lab.ts';

let lab: Lab;
let site: string;
beforeAll(async () => {
  lab = await sharedLab();
  site = `http://127.0.0.1:${lab.config.ports.WAYBILL_SITE_PORT}`;
});

/** The spans that a scenario's request must have from the proxy on. */
function fromProxy(name: string): Expected {
  const { visits } = findScenario(name) as Scenario;
  return visits[0]?.expected.children.at(-1)?.children[0] as Expected;
}

const traceIdOf = (response: Response) => response.headers.get('traceresponse')?.split('-')[1] ?? '';

test.each(['static', 'dynamic'])("a plain client's %s request is a trace that begins at the proxy", async (name) => {
  const expected = fromProxy(name);
  const path = new URL(findScenario(name)?.visits[0]?.url ?? '').pathname;
  const traceId = traceIdOf(await fetch(site + path));
  const { spans } = await waitForTrace(lab.config.jaegerUrl, traceId);
  expect(judge(expected, spans)).toEqual({ missing: [], unexpected: [], extra: [] });
  expect(rootsOf(spans).map(({ service, parentSpanId }) => [service, parentSpanId])).toEqual([['proxy', null]]);
});

test("a caller's own trace is continued, and sampled whatever its flag says", async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const response = await fetch(site, { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-00` } });
  expect(traceIdOf(response)).toBe(traceId);
  const { spans } = await waitForTrace(lab.config.jaegerUrl, traceId);
  expect(judge(fromProxy('dynamic'), spans)).toEqual({ missing: [], unexpected: [], extra: [] });
  expect(rootsOf(spans).map(({ parentSpanId }) => parentSpanId)).toEqual(['b7ad6b7169203331']);
});

test('a response says its trace in Server-Timing too', async () => {
  const response = await fetch(site);
  expect(response.headers.get('server-timing')).toContain(
    `traceparent;desc="${response.headers.get('traceresponse')}"`,
  );
});

test('every page links to its own trace', async () => {
  const response = await fetch(site);
  expect(await response.text()).toContain(`${lab.config.visitorUrl}/traces/${traceIdOf(response)}`);
});

test('the page of a trace shows every span of it', async () => {
  const traceId = traceIdOf(await fetch(site));
  const { spans } = await waitForTrace(lab.config.jaegerUrl, traceId);
  const html = await (await fetch(`${lab.config.visitorUrl}/traces/${traceId}`)).text();
  expect(html.match(/class="track"/g)).toHaveLength(spans.length);
  expect(html).toContain('SELECT game');
});

test('garbage instead of HTTP is answered with 400 and the connection closed; the proxy lives on', async () => {
  const socket = connect(lab.config.ports.WAYBILL_SITE_PORT, '127.0.0.1');
  socket.write('\x00\x01 nonsense\r\n\r\n');
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect((await fetch(site)).status).toBe(200);
});

test('garbage instead of OTLP is answered with 400; the store lives on', async () => {
  const otlp = `http://127.0.0.1:${lab.config.ports.WAYBILL_OTLP_PORT}/v1/traces`;
  const response = await fetch(otlp, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"resourceSpans":[',
  });
  expect(response.status).toBe(400);
  const fine = await fetch(otlp, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"resourceSpans":[]}',
  });
  expect(fine.status).toBe(200);
});

test('garbage instead of DNS gets FORMERR, less than a header gets nothing; the DNS server goes on', async () => {
  const socket = createSocket('udp4');
  socket.connect(lab.config.ports.WAYBILL_DNS_PORT, '127.0.0.1');
  await once(socket, 'connect');
  const received: Buffer[] = [];
  const three = new Promise<void>((resolve) => {
    socket.on('message', (message) => received.push(message) === 2 && resolve());
  });
  socket.send(Buffer.from([1, 2, 3]));
  socket.send(Buffer.concat([Buffer.from('abcd00000001000000000000', 'hex'), Buffer.alloc(20, 0xff)]));
  socket.send(encode({ type: 'query', id: 7, flags: 0x100, questions: [{ type: 'A', name: 'tatis.test' }] }));
  await three;
  socket.close();
  const [first, second] = received.map((message) => ({
    id: message.readUInt16BE(0),
    rcode: message.readUInt8(3) & 15,
  }));
  expect([first, second]).toEqual(
    expect.arrayContaining([
      { id: 0xabcd, rcode: 1 },
      { id: 7, rcode: 0 },
    ]),
  );
  expect(decode(received.find((message) => message.readUInt16BE(0) === 7) as Buffer).answers).toMatchObject([
    { data: '203.0.113.10' },
  ]);
});
