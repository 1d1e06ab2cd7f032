// Why the store can refuse something: each failure's code, title and what to do. README.md lists them too.

export const FAILURES = {
  in_use: ['Another trace store has this file open', 'End the other lab, or set WAYBILL_HOME to another folder.'],
  full: [
    'The store cannot write',
    'Free some disk, or lower WAYBILL_STORE_MEGABYTES; senders try again by themselves.',
  ],
  busy: ['Too many exports wait', 'Senders try again by themselves; see WAYBILL_STORE_WAITING_MEGABYTES.'],
  too_large: ['The export is too large', 'Send smaller batches (OTEL_BSP_MAX_EXPORT_BATCH_SIZE).'],
} as const satisfies Record<string, readonly [title: string, todo: string]>;

export type FailureCode = keyof typeof FAILURES;

/** A failure of the table above; `detail` says what it concerns. */
export class StoreError extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, detail = '', cause?: unknown) {
    const [title, todo] = FAILURES[code];
    super(`${title}${detail && `: ${detail}`}. ${todo}`, { cause });
    this.code = code;
  }
}
