// The spans of a trace with all that they say: id, attributes, events. What the page shows in the card of a span.
//
//   dns  resolve  3.90 ms  span 00f067aa0ba902b7
//     dns.question.name = tatis.test.
//     · 0.12 ms rule tried: rule = /static/

import type { TraceSpan, Values } from '../../traces/model.ts';
import { printable } from '../../traces/printable.ts';
import { valueText } from '../../traces/titles.ts';
import { inTime, treeOf } from '../../traces/tree.ts';
import { style } from './screen.ts';

/** In the order of the tree. Times of events count from the beginning of the trace. */
export function drawAttributes(spans: readonly TraceSpan[]): string {
  const { nodes, start } = treeOf(inTime(spans));
  return nodes
    .map(({ span }) =>
      [
        `${style('bold', printable(`${span.service}  ${span.name}`))}  ${span.duration.toFixed(2)} ms  span ${printable(span.spanId)}`,
        ...pairs(span.attributes).map((pair) => `  ${printable(pair)}`),
        ...span.events.map(({ name, time, attributes }) =>
          printable(`  · ${(time - start).toFixed(2)} ms ${name}: ${pairs(attributes).join(', ')}`.replace(/: $/, '')),
        ),
      ].join('\n'),
    )
    .join('\n\n');
}

function pairs(values: Values): string[] {
  return Object.entries(values).map(([name, value]) => `${name} = ${valueText(value)}`);
}
