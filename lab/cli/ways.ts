// Draws the ways of several letters to the same place side by side, a stop a line; those unlike the first letter's stand out:
//
//   letter 1     letter 2     letter 3
//   corner       corner       corner
//   north        south        north
//   harbour      harbour      harbour
//   mailbox      mailbox      mailbox

import { ATTR_SERVICE_INSTANCE_ID } from '@opentelemetry/semantic-conventions';
import { router } from '../../otel/contract/index.ts';
import { ATTR_ROUTER_NEXT_HOP } from '../../otel/contract/names.ts';
import type { TraceSpan } from '../../traces/model.ts';
import { printable } from '../../traces/printable.ts';
import { columns, cut, padEnd, style, widest } from './screen.ts';

const NO_WAY = 'connection kept';
const GAP = 4;
/** A stop's name comes from the trace. */
const LONGEST_STOP = 24;

/** The ways of letters, given the spans of each, on a screen of `width`; nothing unless there are several, and one of them passed an office. */
export function drawWays(letters: readonly TraceSpan[][], width = columns()): string {
  const ways = letters.map(stopsOf);
  if (ways.length < 2 || ways.every((way) => way.length === 0)) return '';
  const all = ways.map((way, index) => [`letter ${index + 1}`, ...(way.length === 0 ? [NO_WAY] : way)]);
  const cell = Math.min(widest(all.flat()), LONGEST_STOP) + GAP;
  const fitting = Math.max(1, Math.floor((width - 2 + GAP) / cell));
  const blocks = Array.from({ length: Math.ceil(all.length / fitting) }, (_, index) =>
    drawBlock(all.slice(index * fitting, (index + 1) * fitting), all[0] ?? [], cell),
  );
  return `${blocks.join('\n\n')}\n`;
}

/** Columns of `cell` side by side; what differs from `first`, the first letter's, stands out. */
function drawBlock(ways: readonly string[][], first: readonly string[], cell: number): string {
  const height = Math.max(...ways.map((way) => way.length));
  const lines = Array.from({ length: height }, (_, row) => {
    const cells = ways.map((way) => {
      const text = padEnd(cut(way[row] ?? '', cell - GAP), cell);
      return row > 0 && way[row] !== first[row] ? style('bold', text) : text;
    });
    return `  ${cells.join('').trimEnd()}`;
  });
  return lines.join('\n');
}

/** The offices that a letter passed, in order, and where it came out. */
function stopsOf(spans: readonly TraceSpan[]): string[] {
  const passed = spans
    .filter(({ service, name }) => service === router.forward.service && name === router.forward.name)
    .sort((a, b) => a.start - b.start);
  const stops = passed.map(({ attributes }) => printable(String(attributes[ATTR_SERVICE_INSTANCE_ID])));
  const last = passed.at(-1);
  const end = last?.attributes[ATTR_ROUTER_NEXT_HOP] ?? '✗ no way onward';
  return last === undefined ? [] : [...stops, printable(String(end))];
}
