import { metrics } from '@opentelemetry/api';
import { expect, test, vi } from 'vitest';

test('the restarts of a worker start at 0, once its name is known', async () => {
  const add = vi.fn();
  const callbacks: ((result: { observe: () => void }) => void)[] = [];
  const meter = {
    createCounter: (name: string) => ({ add: name === 'waybill.worker.restarts' ? add : () => {} }),
    createHistogram: () => ({}),
    createObservableGauge: () => ({ addCallback: (callback: (typeof callbacks)[0]) => callbacks.push(callback) }),
  };
  metrics.setGlobalMeterProvider({ getMeter: () => meter } as never);
  const { observe } = await import('./metrics.ts');
  const workers = [
    { id: '127.0.0.1:8201', state: 'starting', isIdentified: false },
    { id: 'app-2', state: 'idle', isIdentified: true },
  ];
  observe({ depth: 0 }, { workers });
  for (const callback of callbacks) callback({ observe: () => {} });
  expect(add.mock.calls).toEqual([[0, { 'waybill.worker.id': 'app-2' }]]);
});
