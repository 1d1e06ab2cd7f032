// A clock that drifts: its offset grows from call to call, in one trace or over traces of the same route.

import { type ClockOffset, estimateOf, offsetOf, pairOf } from './clock.ts';
import { aheadOrBehind } from './clock-skew.ts';
import { type Check, finding, ms } from './finding.ts';

const RULE = {
  text: 'The start time of the span. On the client side, this is the time kept by the local machine where the span execution starts.',
  url: 'https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto',
};

/** How many offsets must follow each other without overlap, and how far the first and the last of them must be apart, in ms. */
const MIN_STEPS = 3;
const MIN_DRIFT_MS = 50;

export const clockDrift: Check = ({ tree: { nodes }, neighbours: { alike } }) => {
  const own = nodes.flatMap((node) => offsetOf(node) ?? []);
  const pairs = new Set(own.map(pairOf));
  const measured = Map.groupBy(
    [...own, ...alike.flatMap(({ offsets }) => offsets)].filter((each) => each.min !== null && pairs.has(pairOf(each))),
    pairOf,
  );
  return [...measured.values()].flatMap((offsets) => {
    const steps = monotonous(offsets.toSorted((a, b) => a.at - b.at));
    const [first, last] = [steps[0], steps.at(-1)];
    if (steps.length < MIN_STEPS || !first || !last) return [];
    const drift = estimateOf(last) - estimateOf(first);
    const seconds = (last.at - first.at) / 1000;
    if (Math.abs(drift) < MIN_DRIFT_MS || seconds <= 0) return [];
    const spans = nodes.filter((node) => offsetOf(node)?.to === last.to).map(({ span }) => span);
    return [
      finding({
        kind: 'clock-drift',
        hop: last.to,
        message: `The clock of ${last.to} drifts by ${ms(Math.abs(drift / seconds))} a second against ${last.from}: it was ${aheadOrBehind(estimateOf(first))}, and ${seconds.toFixed(1)} s later ${aheadOrBehind(estimateOf(last))}.`,
        spans,
        since: first.at,
        repair: `Check that NTP runs on the machine of ${last.to} and reaches its servers.`,
        rule: RULE,
      }),
    ];
  });
};

/** Those that follow each other in one direction without overlap; the longer of both directions. */
function monotonous(offsets: readonly ClockOffset[]): ClockOffset[] {
  const up: ClockOffset[] = [];
  const down: ClockOffset[] = [];
  for (const each of offsets) {
    if ((up.at(-1)?.max ?? Number.NEGATIVE_INFINITY) < (each.min ?? 0)) up.push(each);
    if ((down.at(-1)?.min ?? Number.POSITIVE_INFINITY) > each.max) down.push(each);
  }
  return up.length >= down.length ? up : down;
}
