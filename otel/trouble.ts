// What OpenTelemetry itself has to complain of (its diag API), above all that spans cannot be delivered: told once, not at
// every export. A module of its own, so that instrument.ts loads nothing that an instrumentation must see first (pino).

import type { DiagLogger } from '@opentelemetry/api';

/** The same complaint is told again after so long, in ms: it may be another outage. */
const AGAIN_MS = 300_000;

/** A span was written to when it had ended: nothing is lost by it, and no user can mend it. */
const LATE = 'Cannot execute the operation on ended Span';

const toldAt = new Map<string, number>();
let waiting: string[] = [];
let tell = (message: string): void => void waiting.push(message);

/** Sets who is told; what was said before that is told at once. */
export function onTrouble(listener: (message: string) => void): void {
  tell = listener;
  for (const message of waiting) tell(message);
  waiting = [];
}

/** What the diag API is given as its logger; `receiver` is where spans are sent to. */
export function troubleLogger(receiver: string, now = () => performance.now()): DiagLogger {
  const complain = (...words: unknown[]) => {
    const said = words.map(String).join(' ');
    if (said.startsWith(LATE)) return;
    const message = sentence(said, receiver);
    const before = toldAt.get(message);
    if (before !== undefined && now() - before < AGAIN_MS) return;
    toldAt.set(message, now());
    tell(message);
  };
  const ignore = () => {};
  return { error: complain, warn: complain, info: ignore, debug: ignore, verbose: ignore };
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
