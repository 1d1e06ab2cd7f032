// A service for the tests of shutdown.ts and instrument.ts: opens a span, logs a line in it, says that it is ready, then
// waits; it logs another line, or crashes, on command.

import { context } from '@opentelemetry/api';
import { proxy } from '../../otel/contract/index.ts';
import { contextWith, startSpan } from '../../otel/span.ts';
import { log } from '../log.ts';
import { run } from '../shutdown.ts';

/** In ms; short enough that the end is seen even when the receiver is not reachable. */
const PATIENT = 30_000;
const BOUNDS = process.env.WAYBILL_TEST_IMPATIENT ? undefined : { stop: PATIENT, alone: PATIENT, crash: PATIENT };

await run(async () => {
  const span = startSpan(proxy.location, {});
  context.with(contextWith(span), () => log.info('a line'));
  process.on('message', (what) =>
    setImmediate(() => {
      if (what === 'crash') throw Object.assign(new Error('crash requested'), { code: 'ETOLD' });
      log.info('another line');
    }),
  );
  return { drain: async () => {} };
}, BOUNDS);
