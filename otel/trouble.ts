// The SDK's own errors and warnings (diag API), above all that spans cannot be exported: reported once, not for every export. A module of its own, so that instrument.ts loads nothing that an instrumentation must see first (pino).

import type { DiagLogger } from '@opentelemetry/api';

/** After this time, in ms, the same message is reported again: it may be another outage. */
const REPEAT_MS = 300_000;

/** A write to a span that had ended: nothing is lost, and a user cannot correct it. */
const LATE = 'Cannot execute the operation on ended Span';

const reportedAt = new Map<string, number>();
let waiting: string[] = [];
let report = (message: string): void => void waiting.push(message);

/** Sets the listener; earlier messages are reported at once. */
export function onTrouble(listener: (message: string) => void): void {
  report = listener;
  for (const message of waiting) report(message);
  waiting = [];
}

/** The logger of the diag API; `receiver` is where spans are exported to. */
export function troubleLogger(receiver: string, now = () => performance.now()): DiagLogger {
  const write = (...words: unknown[]) => {
    const text = words.map(String).join(' ');
    if (text.startsWith(LATE)) return;
    const message = sentence(text, receiver);
    const before = reportedAt.get(message);
    if (before !== undefined && now() - before < REPEAT_MS) return;
    reportedAt.set(message, now());
    report(message);
  };
  const ignore = () => {};
  return { error: write, warn: write, info: ignore, debug: ignore, verbose: ignore };
}

/** The SDK writes the error of a failed export as JSON. */
function sentence(text: string, receiver: string): string {
  try {
    const { message, code } = JSON.parse(text) as { message: string; code?: string };
    const reason = code === undefined || message.includes(code) ? message : `${message}, ${code}`;
    return `Spans could not be delivered to ${receiver} (${reason}).`;
  } catch {
    return `OpenTelemetry: ${text}`;
  }
}
