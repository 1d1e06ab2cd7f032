// What of a trace's duration says more about the machine than about the request.

import { ATTR_CPU_WAIT, ATTR_GC_PAUSE } from '../otel/contract/names.ts';
import type { TraceSpan } from './model.ts';

/** Less is not worth a sentence: in ms, and as a share of the trace. */
const MIN_MS = 2;
const MIN_SHARE = 0.1;

/** One sentence for a trace that was stretched by a busy machine or by garbage collection; '' for any other. */
export function stallSentence(spans: readonly TraceSpan[]): string {
  const duration = spans.reduce((longest, span) => Math.max(longest, span.duration), 0);
  const sum = (name: string) =>
    Math.min(
      duration,
      spans.reduce((all, { attributes }) => all + Number(attributes[name] ?? 0), 0),
    );
  const [cpu, gc] = [sum(ATTR_CPU_WAIT), sum(ATTR_GC_PAUSE)].map((ms) =>
    ms >= MIN_MS && ms >= MIN_SHARE * duration ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : '',
  );
  if (cpu && gc) return `The machine was busy: ${cpu} of this were waiting for a CPU, ${gc} garbage collection.`;
  if (cpu) return `The machine was busy: ${cpu} of this were waiting for a CPU.`;
  return gc ? `${gc} of this were garbage collection.` : '';
}
