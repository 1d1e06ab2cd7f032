// What the gateway counts, as a receiver of OTLP gets it (OTEL_METRICS_EXPORTER=otlp).

import { expect, test, vi } from 'vitest';
import { startGatewayWithWorkers } from './gateway-with-workers.ts';

test('the queue, the workers by state, their restarts and failed attempts arrive as metrics', async () => {
  const lab = await startGatewayWithWorkers({
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/json',
    OTEL_METRIC_EXPORT_INTERVAL: '10000',
    OTEL_METRIC_EXPORT_TIMEOUT: '10000',
  });
  try {
    await lab.set({ fault: 'crash', faultEvery: 1 });
    await lab.send(); // its worker is lost, and the gateway retries on the other
    await lab.set({ fault: 'none' });
    await lab.allIdle();
    await vi.waitFor(
      () =>
        expect(lab.collector.metrics()).toMatchObject({
          'waybill.queue.wait': [{ 'waybill.queue.outcome': 'worker' }],
          'waybill.queue.depth': [{}],
          'waybill.workers': expect.arrayContaining([{ 'waybill.worker.state': 'idle' }]),
          'waybill.worker.state_changes': expect.arrayContaining([
            expect.objectContaining({ 'waybill.worker.state': 'suspect' }),
          ]),
          'waybill.worker.restarts': [{ 'waybill.worker.id': expect.stringMatching(/^app-[12]$/) }],
          'waybill.attempt.failures': [{ 'error.type': 'worker_lost' }],
        }),
      { interval: 50 },
    );
  } finally {
    await lab.stop();
  }
});
