// Clocks that differ: a server's span begins before its client's, or ends after it, though the client waited. A clock that differs
// from most of its trace is wrong, whether it is the caller's or not.

import { shownName } from '../model.ts';
import { type Bounds, type ClockOffset, estimateOf, isSkewed, offsetOf, offsetsIn } from './clock.ts';
import { type Check, finding, labelOf, ms } from './finding.ts';

const RULE = {
  text: "The start time of the span. On the client side, this is the time kept by the local machine where the span execution starts. On the server side, this is the time when the server's application handler starts running.",
  url: 'https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto',
};

const RIGHT: Bounds = { min: 0, max: 0 };
const MAX_CANDIDATES = 50;

export const clockSkew: Check = ({ tree: { nodes }, neighbours: { alike } }) =>
  wrongClocks(offsetsIn(nodes)).map(([processName, { min, max }]) => {
    const by = estimateOf({ min, max });
    const pairs = nodes.filter((node) => {
      const offset = offsetOf(node);
      return offset !== undefined && (offset.from === processName || offset.to === processName);
    });
    const [pair] = pairs;
    const apart = pair?.parent ? pair.span.start - pair.parent.span.start : 0;
    const bound =
      min === null
        ? `at least ${ms(Math.abs(max))}`
        : `between ${ms(Math.min(Math.abs(min), Math.abs(max)))} and ${ms(Math.max(Math.abs(min), Math.abs(max)))}`;
    const shown = pair?.parent
      ? ` ${labelOf(pair.span)} begins ${ms(Math.abs(apart))} ${apart < 0 ? 'before' : 'after'} ${labelOf(pair.parent.span)}, which called it; a server's span lies within its client's.`
      : '';
    const before = alike.filter(({ offsets }) => wrongClocks(offsets).some(([name]) => name === processName));
    return finding({
      kind: 'clock-skew',
      hop: processName,
      message: `The clock of ${shownName(processName)} is ${aheadOrBehind(by)} (${bound}).${shown}`,
      spans: pairs.flatMap(({ span, parent }) => (parent ? [parent.span, span] : [span])),
      since: Math.min(pair?.span.start ?? 0, ...before.map(({ start }) => start)),
      repair: `Set the clock of the machine of ${processName} by NTP, or remove what shifts its times. The view can take the difference out.`,
      rule: RULE,
      clock: { processName, by },
    });
  });

/** By how much a clock is wrong, in a sentence; `by` in ms, as `estimateOf` returns it. */
export function aheadOrBehind(by: number): string {
  return `${ms(Math.abs(by))} ${by < 0 ? 'behind' : 'ahead'}`;
}

/** The processes whose clocks are wrong, and how far ahead of the right ones; `offsets` name callers before those they call. */
function wrongClocks(offsets: readonly ClockOffset[]): [processName: string, ahead: Bounds][] {
  const clocks = new Map<string, Bounds>();
  for (const offset of offsets) {
    const caller = clocks.get(offset.from) ?? RIGHT;
    clocks.set(offset.from, caller);
    if (clocks.has(offset.to)) continue;
    const { min, max } = isSkewed(offset) ? offset : RIGHT;
    clocks.set(offset.to, {
      min: min === null || caller.min === null ? null : caller.min + min,
      max: caller.max + max,
    });
  }
  const right = mostCommon([...clocks.values()]);
  return [...clocks]
    .map(([processName, clock]): [string, Bounds] => [processName, relativeTo(right, clock)])
    .filter(([, ahead]) => isSkewed(ahead));
}

/** The offset that most of the clocks may have; of several the one nearest to the first caller's. */
function mostCommon(clocks: readonly Bounds[]): number {
  const candidates = [...new Set([0, ...clocks.map(estimateOf)])]
    .slice(0, MAX_CANDIDATES)
    .sort((a, b) => Math.abs(a) - Math.abs(b));
  let [best, most] = [0, 0];
  for (const value of candidates) {
    const count = clocks.filter((clock) => !isSkewed(relativeTo(value, clock))).length;
    if (count > most) [best, most] = [value, count];
  }
  return best;
}

function relativeTo(value: number, { min, max }: Bounds): Bounds {
  return { min: min === null ? null : min - value, max: max - value };
}
