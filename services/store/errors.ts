// The store's failures: each code, its title and what to do. README.md lists them too.

import { defineFailures, failureText } from '../../runtime/failures.ts';

export const FAILURES = defineFailures({
  in_use: {
    title: 'Another trace store has this file open',
    fix: 'Stop the other lab, or set WAYBILL_HOME to another folder.',
  },
  no_file: {
    title: 'The trace file cannot be opened',
    fix: 'Make its folder writable for this user, free disk space, or set WAYBILL_HOME to another folder.',
  },
  full: {
    status: 503,
    title: 'The store cannot write',
    fix: 'Free disk space, or lower WAYBILL_STORE_MEGABYTES. Senders retry.',
  },
  busy: {
    status: 429,
    title: 'Too many exports at once',
    fix: 'Nothing is to be done: senders retry. If it happens often, raise WAYBILL_STORE_WAITING_MEGABYTES.',
  },
  too_slow: {
    status: 408,
    title: 'The export did not arrive in time',
    fix: 'Send it within 10 s, in smaller batches.',
  },
  too_large: {
    status: 413,
    title: 'The export is too large',
    fix: 'Send smaller batches (OTEL_BSP_MAX_EXPORT_BATCH_SIZE).',
  },
});

export type FailureCode = keyof typeof FAILURES;

/** A failure of the table above; `detail` is what it concerns. */
export class StoreError extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, detail = '', cause?: unknown) {
    super(failureText(FAILURES[code], detail), { cause });
    this.code = code;
  }
}
