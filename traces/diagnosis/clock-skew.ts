// Clocks that differ: a server's span begins before its client's, or ends after it, though the client waited.

import { shownName } from '../model.ts';
import { offsetOf, offsetsIn } from './clock.ts';
import { wrongClocks } from './clocks.ts';
import { type Check, finding, labelOf, ms } from './finding.ts';

const RULE = {
  text: "The start time of the span. On the client side, this is the time kept by the local machine where the span execution starts. On the server side, this is the time when the server's application handler starts running.",
  url: 'https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto',
};

export const clockSkew: Check = ({ tree: { nodes }, neighbours: { alike } }) =>
  wrongClocks(offsetsIn(nodes)).map(({ processName, by, min, max }) => {
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
    const before = alike.filter(({ offsets }) => wrongClocks(offsets).some((each) => each.processName === processName));
    return finding({
      kind: 'clock-skew',
      hop: processName,
      message: `The clock of ${shownName(processName)} is ${ms(Math.abs(by))} ${by < 0 ? 'behind' : 'ahead'} (${bound}).${shown}`,
      spans: pairs.flatMap(({ span, parent }) => (parent ? [parent.span, span] : [span])),
      since: Math.min(pair?.span.start ?? 0, ...before.map(({ start }) => start)),
      repair: `Set the clock of the machine of ${processName} by NTP, or remove what shifts its times. The view can take the difference out.`,
      rule: RULE,
      clock: { processName, by },
    });
  });
