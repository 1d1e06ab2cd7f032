// The path of a request through the gateway: body complete, queue, free worker; then another worker if that one is lost.

import { now } from '../../otel/clock.ts';
import { gateway } from '../../otel/contract/index.ts';
import { ATTR_QUEUE_DEPTH, ATTR_QUEUE_OUTCOME, ATTR_QUEUE_WAIT } from '../../otel/contract/names.ts';
import { endSpan, failSpan, startSpan } from '../../otel/span.ts';
import { isWarmUp } from '../../otel/warm-up.ts';
import { type AttemptWorker, attempt } from './attempt.ts';
import type { GatewayConfig, Settings } from './config.ts';
import { queueWait } from './metrics.ts';
import type { Queue, QueueErrorCode } from './queue.ts';
import type { GatewayRequest } from './request.ts';

/** How often a request is sent again when its worker is lost: one that crashes workers must not end them all. */
const MAX_RETRIES = 2;

type WorkerQueue = Pick<Queue<AttemptWorker>, 'depth' | 'enter'>;

/** What a request is dispatched with: `nextFault` gives the fault to inject, if any. */
export type Dispatcher = {
  config: Pick<GatewayConfig, 'proxies' | 'maxBody' | 'bodyTimeout'> & { bodyMemory?: number };
  queue: WorkerQueue;
  settings: Settings;
  nextFault: () => string | undefined;
};

/** Has `request` answered by a worker, or with an error page. */
export async function dispatch(
  request: GatewayRequest,
  { config, queue, settings, nextFault }: Dispatcher,
): Promise<void> {
  const { proxies, maxBody, bodyTimeout, bodyMemory = maxBody } = config;
  if (request.hasBody && !(await request.receiveBody({ max: maxBody, memory: bodyMemory, time: bodyTimeout }))) return;
  const fault = nextFault();
  for (let retries = 0; ; retries++) {
    const worker = await waitForWorker(request, queue, retries > 0);
    if (worker === 'abandoned') return;
    if (typeof worker === 'string') return request.fail(worker);

    const options = { timeout: settings.timeout, retries, proxies, fault: retries === 0 ? fault : undefined };
    const outcome = await attempt(request, worker, options);
    if (outcome === 'answered' || outcome === 'client_gone') return;
    if (outcome !== 'worker_lost' || !request.isRetryable || retries >= MAX_RETRIES) return request.fail(outcome);
  }
}

async function waitForWorker(
  { serverSpan }: GatewayRequest,
  queue: WorkerQueue,
  isRetry: boolean,
): Promise<AttemptWorker | QueueErrorCode> {
  const startTime = now();
  const attributes = { [ATTR_QUEUE_DEPTH]: queue.depth };
  const span = startSpan(gateway.queue, { parent: serverSpan.context, startTime, attributes });
  const found = await queue.enter(isRetry, serverSpan);
  const endTime = now();
  const outcome = typeof found === 'string' ? found : 'worker';
  serverSpan.span.setAttribute(ATTR_QUEUE_OUTCOME, outcome);
  span.setAttribute(ATTR_QUEUE_WAIT, endTime - startTime);
  if (!isWarmUp(span.spanContext())) queueWait.record((endTime - startTime) / 1000, { [ATTR_QUEUE_OUTCOME]: outcome });
  if (outcome !== 'worker') failSpan(span, outcome);
  endSpan(span, endTime);
  return found;
}
