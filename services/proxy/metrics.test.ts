import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { type Attributes, createNoopMeter, type MeterProvider, metrics } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startGateway, startProxy, type TestProxy, type TestServer } from '../../tests/support/proxy/proxy.ts';

type Recorded = { name: string; value: number; attributes: Attributes };
const recorded: Recorded[] = [];
let gateway: TestServer;
let proxy: TestProxy;
beforeAll(async () => {
  const createHistogram = (name: string) => ({
    record: (value: number, attributes: Attributes = {}) => recorded.push({ name, value, attributes }),
  });
  const provider: MeterProvider = { getMeter: () => Object.assign(createNoopMeter(), { createHistogram }) };
  metrics.setGlobalMeterProvider(provider);
  gateway = await startGateway((_, response) => response.end('hello'));
  proxy = await startProxy(gateway.port);
});
afterAll(async () => {
  metrics.disable();
  await proxy.close();
  await gateway.close();
});

test.each([
  ['/', '/', 'dynamic', 200, 5],
  ['/static/none', '/static/', 'static', 404, undefined],
])(
  '%s is recorded with its location, kind and status, with times and bytes',
  async (path, rule, kind, status, bytes) => {
    recorded.length = 0;
    await (await fetch(proxy.url + path)).text();
    const find = (name: string) => recorded.find((each) => each.name === name);
    await vi.waitUntil(() => find('http.server.request.duration'), { interval: 5 });
    const duration = find('http.server.request.duration');
    expect(duration?.attributes).toMatchObject({
      'http.request.method': 'GET',
      'http.response.status_code': status,
      'waybill.location.rule': rule,
      'waybill.location.kind': kind,
    });
    expect(duration?.value).toBeGreaterThan(0);
    if (bytes !== undefined) expect(find('http.server.response.body.size')?.value).toBe(bytes);
    expect(find('http.client.request.duration') !== undefined).toBe(kind === 'dynamic');
  },
);

test('url.scheme is https for a request over TLS, and http for the one to the gateway', async () => {
  recorded.length = 0;
  const socket = connect({ host: '127.0.0.1', port: proxy.tlsPort, rejectUnauthorized: false });
  socket.write('GET / HTTP/1.1\r\nHost: tatis.test\r\nConnection: close\r\n\r\n');
  await text(socket);
  const schemeOf = (name: string) => recorded.find((each) => each.name === name)?.attributes['url.scheme'];
  await vi.waitUntil(() => schemeOf('http.client.request.duration'), { interval: 5 });
  expect(schemeOf('http.server.request.duration')).toBe('https');
  expect(schemeOf('http.server.response.body.size')).toBe('https');
  expect(schemeOf('http.client.request.duration')).toBe('http');
});
