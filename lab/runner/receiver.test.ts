import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { readLabConfig } from '../config.ts';
import { receiverWarnings } from './receiver.ts';

/** A collector and a Jaeger in one, which answers each path with the status given, else 404. */
async function outside(statuses: Record<string, number>): Promise<string> {
  const server = createServer((request, response) => {
    response.writeHead(statuses[`${request.method} ${request.url}`] ?? 404).end('{}');
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const warningsFor = (endpoint: string, jaeger: string) =>
  receiverWarnings(readLabConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, WAYBILL_JAEGER_URL: jaeger }));

test('the lab’s own store is not asked', async () => {
  expect(await receiverWarnings(readLabConfig({}))).toEqual([]);
});

test('a collector that takes spans, and a Jaeger that answers, are fine', async () => {
  const url = await outside({ 'POST /v1/traces': 200, 'GET /api/v3/services': 200 });
  expect(await warningsFor(url, url)).toEqual([]);
});

test('no process there: names the variable of the receiver', async () => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const dead = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await once(server.close(), 'close');
  expect(await warningsFor(dead, dead)).toEqual([
    `Spans cannot be delivered to ${dead}/v1/traces (ECONNREFUSED): correct OTEL_EXPORTER_OTLP_ENDPOINT, or unset it.`,
    `Traces cannot be read back from ${dead} (ECONNREFUSED): set WAYBILL_JAEGER_URL to the Jaeger that has them.`,
  ]);
});

test('a receiver of gRPC is connected to, not sent HTTP/1.1', async () => {
  const jaeger = await outside({ 'GET /api/v3/services': 200 });
  const grpc = createHttp2Server().on('unknownProtocol', (socket) => socket.destroy());
  onTestFinished(() => void grpc.close());
  await once(grpc.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(grpc.address() as AddressInfo).port}`;
  const asked = { OTEL_EXPORTER_OTLP_ENDPOINT: url, WAYBILL_JAEGER_URL: jaeger };
  expect(await receiverWarnings(readLabConfig({ ...asked, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }))).toEqual([]);
  expect(await receiverWarnings(readLabConfig(asked))).toEqual([expect.stringContaining('cannot be delivered')]);
});

test('a program that refuses spans: reports its response', async () => {
  const url = await outside({ 'POST /v1/traces': 401, 'GET /api/v3/services': 200 });
  expect(await warningsFor(url, url)).toEqual([expect.stringContaining('/v1/traces (401)')]);
});
