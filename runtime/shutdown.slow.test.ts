import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { spansOf, type TraceSpan, type TracesData } from '../traces/model.ts';
import { listen } from './net/listen.ts';

/** A receiver of OTLP in JSON, and the spans that it has got. */
async function receiver(): Promise<{ url: string; spans: TraceSpan[] }> {
  const spans: TraceSpan[] = [];
  const server = createServer(async (request, response) => {
    spans.push(...spansOf(JSON.parse(await text(request)) as TracesData));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  onTestFinished(() => void server.close());
  const port = await listen(server, { host: '127.0.0.1', port: 0, variable: '' });
  return { url: `http://127.0.0.1:${port}`, spans };
}

/** The service of testdata, ready; `printed` is its log. */
async function startService(environment: NodeJS.ProcessEnv, stdout: 'pipe' | number = 'pipe') {
  const child = fork(join(import.meta.dirname, 'testdata/service.ts'), {
    execArgv: ['--import', join(import.meta.dirname, '../otel/instrument.ts')],
    env: {
      ...process.env,
      WAYBILL_LOG_LEVEL: 'info',
      OTEL_SERVICE_NAME: 'proxy',
      ...environment,
    },
    stdio: ['ignore', stdout, 'ignore', 'ipc'],
  });
  let printed = '';
  child.stdout?.on('data', (chunk) => {
    printed += chunk;
  });
  await once(child, 'message');
  return { child, printed: () => printed, exited: once(child, 'exit').then(([code]) => code as number) };
}

test('SIGTERM: a span still open is ended with an error and sent, exit code 0', async () => {
  const { url, spans } = await receiver();
  const { child, exited } = await startService({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
  child.kill('SIGTERM');
  expect(await exited).toBe(0);
  expect(spans).toMatchObject([{ name: 'location', error: '', attributes: { 'error.type': 'shutdown' } }]);
});

test('an uncaught exception: open spans record it and are sent, exit code 1', async () => {
  const { url, spans } = await receiver();
  const { child, exited } = await startService({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
  child.send('crash');
  expect(await exited).toBe(1);
  expect(spans).toMatchObject([
    {
      error: 'crash requested',
      attributes: { 'error.type': 'ETOLD' },
      events: [{ name: 'exception', attributes: { 'exception.message': 'crash requested' } }],
    },
  ]);
});

test('under a runner Ctrl-C is left to the runner', async () => {
  const { url } = await receiver();
  const { child, exited } = await startService({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
  child.kill('SIGINT');
  child.send('crash'); // still there to hear it
  expect(await exited).toBe(1);
});

test('when the runner is gone, the service ends by itself', async () => {
  const { url, spans } = await receiver();
  const { child, exited } = await startService({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
  child.disconnect();
  expect(await exited).toBe(0);
  expect(spans).toHaveLength(1);
});

test('when its log has no reader any more, the service ends by itself, also while its receiver is unreachable', async () => {
  const { child, exited } = await startService({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    WAYBILL_TEST_IMPATIENT: '1',
  });
  child.stdout?.destroy();
  child.send('log');
  expect(await exited).toBe(0);
});

test('a log on a full disk costs lines of the log, and nothing else', async () => {
  const { url, spans } = await receiver();
  const { child, exited } = await startService({ OTEL_EXPORTER_OTLP_ENDPOINT: url }, openSync('/dev/full', 'w'));
  child.send('log');
  child.send('log');
  child.send('crash'); // still there to hear it
  expect(await exited).toBe(1);
  expect(spans).toHaveLength(1);
});

test('a level of the log that does not exist is named, and taken for info', async () => {
  const { url } = await receiver();
  const { child, printed } = await startService({
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    WAYBILL_LOG_LEVEL: 'verbose',
  });
  child.kill('SIGTERM');
  await once(child, 'close');
  const messages = printed()
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { msg: string }).msg);
  expect(messages).toEqual([
    'WAYBILL_LOG_LEVEL: expected one of trace, debug, info, warn, error, fatal, silent, got "verbose". The level is info.',
    'a line',
    'listening',
  ]);
});

test('an unreachable receiver does not keep it from ending', async () => {
  const { child, exited } = await startService({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    WAYBILL_TEST_IMPATIENT: '1',
  });
  child.kill('SIGTERM');
  expect(await exited).toBe(0);
});

test('every resource says which service, version, instance and process; every line of the log its trace', async () => {
  const { url, spans } = await receiver();
  const { child, exited, printed } = await startService({
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    WAYBILL_INSTANCE: 'proxy-1',
    WAYBILL_VERSION: '9.9.9',
  });
  child.kill('SIGTERM');
  await exited;
  expect(spans[0]?.resource).toEqual({
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.version': expect.any(String),
    'service.name': 'proxy',
    'service.version': '9.9.9',
    'service.instance.id': 'proxy-1',
    'process.pid': child.pid,
  });
  const { msg, trace_id, span_id } = JSON.parse(printed().split('\n')[0] ?? '');
  expect([msg, trace_id, span_id]).toEqual(['a line', spans[0]?.traceId, spans[0]?.spanId]);
});
