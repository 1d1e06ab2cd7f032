import { ExportResultCode } from '@opentelemetry/core';
import { BatchSpanProcessor, type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LOAD_DELAY_MS, QuietBatchProcessor } from './batches.ts';

const DELAY_MS = 40;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A process whose exports are counted, by the number of spans in each; one takes `exportMs`. */
function createProcess(exportMs = 0) {
  const exported: number[] = [];
  const exporter = {
    export: (spans: ReadableSpan[], done: (result: { code: ExportResultCode }) => void) => {
      exported.push(spans.length);
      setTimeout(done, exportMs, { code: ExportResultCode.SUCCESS });
    },
    shutdown: async () => {},
  };
  const batches = new BatchSpanProcessor({ exporter, scheduledDelayMillis: LOAD_DELAY_MS, maxExportBatchSize: 2048 });
  const provider = new TracerProvider({ spanProcessors: [new QuietBatchProcessor(batches, DELAY_MS)] });
  const tracer = provider.getTracer('test');
  const end = (count: number) => {
    for (let index = 0; index < count; index++) tracer.startSpan('GET').end();
  };
  return { exported, end, provider };
}

test('spans of a quiet process leave after the delay, together', async () => {
  const { exported, end } = createProcess();
  end(3);
  await vi.advanceTimersByTimeAsync(DELAY_MS - 1);
  expect(exported).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(exported).toEqual([3]);
});

test('a span that ends during an export leaves soon after it', async () => {
  const { exported, end } = createProcess(130);
  end(1);
  await vi.advanceTimersByTimeAsync(50);
  end(1);
  await vi.advanceTimersByTimeAsync(4 * DELAY_MS);
  expect(exported).toEqual([1, 1]);
});

test('one request with many spans is not load', async () => {
  const { exported, end } = createProcess();
  end(100);
  await vi.advanceTimersByTimeAsync(DELAY_MS);
  expect(exported).toEqual([100]);
});

test('under load spans wait half a second; when it ends, those that wait leave at once', async () => {
  const { exported, end } = createProcess();
  for (let period = 0; period < 12; period++) {
    end(20);
    await vi.advanceTimersByTimeAsync(DELAY_MS);
  }
  expect(exported).toEqual([20]); // in the first period it is not known yet
  await vi.advanceTimersByTimeAsync(DELAY_MS);
  expect(exported).toEqual([20, 220]);
});

test('spans do not wait longer than half a second', async () => {
  const { exported, end } = createProcess();
  for (let period = 0; period < 30; period++) {
    end(10);
    await vi.advanceTimersByTimeAsync(DELAY_MS);
  }
  expect(exported.length).toBeGreaterThanOrEqual(3);
  expect(exported.length).toBeLessThanOrEqual(4);
});

test('512 spans leave at once', () => {
  const { exported, end } = createProcess();
  end(600);
  expect(exported).toEqual([512]);
});

test('what waits leaves when the process ends', async () => {
  const { exported, end, provider } = createProcess();
  end(2);
  void provider.shutdown();
  await vi.advanceTimersByTimeAsync(1);
  expect(exported).toEqual([2]);
});
