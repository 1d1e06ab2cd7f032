// When spans are exported: a learner waits for them, and so the batch of a quiet process leaves after 40 ms. Under load, batches
// that small would cost more than the spans: then one leaves every half second, or with 512 spans.

import type { Context } from '@opentelemetry/api';
import { globalErrorHandler } from '@opentelemetry/core';
import type { BatchSpanProcessor, ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';

/** How long spans wait under load, in ms. */
export const LOAD_DELAY_MS = 500;
/** Exported at once, in any case. */
const MAX_SPANS = 512;
/** More spans than this in each of two periods is load: a request has a few of them in each process. */
const QUIET_SPANS = 8;

/** Spans wait in `batches`, which exports them by itself after its own delay, LOAD_DELAY_MS; this has it export every `delayMs` without load. */
export class QuietBatchProcessor implements SpanProcessor {
  readonly #batches: BatchSpanProcessor;
  readonly #delayMs: number;
  #timer: NodeJS.Timeout | undefined;
  /** Spans that ended in this period, in the one before, and since the last export. */
  #ended = 0;
  #endedBefore = 0;
  #waiting = 0;
  #isExporting = false;

  constructor(batches: BatchSpanProcessor, delayMs: number) {
    this.#batches = batches;
    this.#delayMs = delayMs;
  }

  onStart(_span: Span, _parent: Context): void {}

  onEnd(span: ReadableSpan): void {
    this.#batches.onEnd(span);
    this.#ended += 1;
    this.#waiting += 1;
    if (this.#waiting >= MAX_SPANS) this.#export();
    this.#timer ??= this.#startPeriod();
  }

  forceFlush(): Promise<void> {
    return this.#batches.forceFlush();
  }

  shutdown(): Promise<void> {
    clearTimeout(this.#timer);
    return this.#batches.shutdown();
  }

  #startPeriod(): NodeJS.Timeout {
    return setTimeout(() => this.#endPeriod(), this.#delayMs).unref();
  }

  #endPeriod(): void {
    const isLoad = this.#ended > QUIET_SPANS && this.#endedBefore > QUIET_SPANS;
    this.#endedBefore = this.#ended;
    this.#ended = 0;
    if (!isLoad) this.#export();
    this.#timer = this.#endedBefore > 0 || this.#waiting > 0 ? this.#startPeriod() : undefined;
  }

  /** One export at a time: spans that end during a long one wait for it. */
  #export(): void {
    if (this.#isExporting || this.#waiting === 0) return;
    this.#waiting = 0;
    this.#isExporting = true;
    this.#batches
      .forceFlush()
      .catch(globalErrorHandler)
      .finally(() => {
        this.#isExporting = false;
      });
  }
}
