// What the gateway counts; exported only when OTEL_METRICS_EXPORTER is set.

import { metrics } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import { ATTR_WORKER_ID, ATTR_WORKER_STATE } from '../../otel/contract/names.ts';
import { SCOPE } from '../../otel/contract/spec.ts';
import type { FailureCode } from './errors.ts';

const meter = metrics.getMeter(SCOPE);

/** How long requests waited, in seconds, by `waybill.queue.outcome`. */
export const queueWait = meter.createHistogram('waybill.queue.wait', {
  unit: 's',
  advice: { explicitBucketBoundaries: [0.0001, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
});

/** Requests that a worker did not answer, by `error.type`. */
export const failedAttempts = meter.createCounter('waybill.attempt.failures');
// Known label values start at 0: of a series that first appears at 1, rate() never sees an increase.
const ATTEMPT_FAILURES: FailureCode[] = ['worker_timeout', 'worker_lost', 'bad_response', 'bad_request'];
for (const code of ATTEMPT_FAILURES) failedAttempts.add(0, { [ATTR_ERROR_TYPE]: code });

/** Changes of a worker's state, by `waybill.worker.id` and its new state. */
export const stateChanges = meter.createCounter('waybill.worker.state_changes');

/** Workers that came back as another process, by `waybill.worker.id`. */
export const restarts = meter.createCounter('waybill.worker.restarts');

/** Has the depth of `queue` and the workers of `pool` by state read whenever metrics are collected. */
export function observe(
  queue: { readonly depth: number },
  pool: { readonly workers: { id: string; state: string; isIdentified: boolean }[] },
): void {
  meter.createObservableGauge('waybill.queue.depth').addCallback((result) => result.observe(queue.depth));
  meter.createObservableGauge('waybill.workers').addCallback((result) => {
    for (const { id, isIdentified } of pool.workers) if (isIdentified) restarts.add(0, { [ATTR_WORKER_ID]: id });
    const states = Object.groupBy(pool.workers, ({ state }) => state);
    for (const [state, workers = []] of Object.entries(states)) {
      result.observe(workers.length, { [ATTR_WORKER_STATE]: state });
    }
  });
}
