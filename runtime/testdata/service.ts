// A service for the tests of shutdown.ts and instrument.ts: opens a span, logs a line in it, says that it is ready, then
// waits; it logs another line, or crashes, when it is told to.

import { context } from '@opentelemetry/api';
import { proxy } from '../../otel/contract/index.ts';
import { contextWith, startSpan } from '../../otel/span.ts';
import { log } from '../log.ts';
import { run } from '../shutdown.ts';

/** In ms; with a receiver that is away the end is to be seen all the same. */
const PATIENT = 30_000;
const BOUNDS = process.env.WAYBILL_TEST_IMPATIENT ? undefined : { stop: PATIENT, alone: PATIENT, crash: PATIENT };

await run(async () => {
  const span = startSpan(proxy.location, {});
  context.with(contextWith(span), () => log.info('a line'));
  process.on('message', (what) =>
    setImmediate(() => {
      if (what === 'crash') throw Object.assign(new Error('told to'), { code: 'ETOLD' });
      log.info('another line');
    }),
  );
  return { drain: async () => {} };
}, BOUNDS);
