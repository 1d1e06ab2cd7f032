// The way of a request through the gateway: once it is whole, into the queue, to a free worker, and again to another if
// that one is lost.

import type { BlockList } from 'node:net';
import { now } from '../../otel/clock.ts';
import { gateway } from '../../otel/contract/index.ts';
import { ATTR_QUEUE_DEPTH, ATTR_QUEUE_OUTCOME, ATTR_QUEUE_WAIT } from '../../otel/contract/names.ts';
import { endSpan, failSpan, startSpan } from '../../otel/span.ts';
import type { BodyBounds } from '../../runtime/http/body.ts';
import { attempt } from './attempt.ts';
import type { Settings } from './config.ts';
import { queueWait } from './metrics.ts';
import type { Queue, Refusal } from './queue.ts';
import type { GatewayRequest } from './request.ts';
import type { Worker } from './worker.ts';

export type Dispatching = {
  queue: Queue<Worker>;
  settings: Settings;
  maxRetries: number;
  proxies: BlockList;
  bounds: BodyBounds;
  nextFault: () => string | undefined;
};

/** Sees that `request` is answered, by a worker or with a page that says why not. */
export async function dispatch(
  request: GatewayRequest,
  { queue, settings, maxRetries, proxies, bounds, nextFault }: Dispatching,
): Promise<void> {
  if (request.hasBody && !(await request.takeBody(bounds))) return;
  const fault = nextFault();
  for (let sent = 0; ; sent++) {
    const worker = await wait(request, queue, sent > 0);
    if (worker === 'abandoned') return;
    if (typeof worker === 'string') return request.fail(worker);

    const outcome = await attempt(request, worker, {
      timeout: settings.timeout,
      resends: sent,
      proxies,
      fault: sent === 0 ? fault : undefined,
    });
    if (outcome === 'answered' || outcome === 'client_gone') return;
    if (outcome !== 'worker_lost' || !request.canBeSentAgain || sent >= maxRetries) return request.fail(outcome);
  }
}

async function wait(request: GatewayRequest, queue: Queue<Worker>, isAgain: boolean): Promise<Worker | Refusal> {
  const startTime = now();
  const attributes = { [ATTR_QUEUE_DEPTH]: queue.depth };
  const span = startSpan(gateway.queue, { parent: request.context, startTime, attributes });
  const tell = (outcome: Refusal | 'worker') => {
    const ended = now();
    const waited = ended - startTime;
    request.setAttributes({ [ATTR_QUEUE_OUTCOME]: outcome });
    span.setAttribute(ATTR_QUEUE_WAIT, waited);
    queueWait.record(waited / 1000, { [ATTR_QUEUE_OUTCOME]: outcome });
    if (outcome !== 'worker') failSpan(span, outcome);
    endSpan(span, ended);
  };
  const entered = queue.enter(isAgain, request);
  const found = entered instanceof Promise ? await entered : entered;
  tell(typeof found === 'string' ? found : 'worker');
  return found;
}
