// Draws the ways of several letters to the same place side by side, a stop a line; those unlike the first letter's stand out:
//
//   letter 1     letter 2     letter 3
//   corner       corner       corner
//   north        south        north
//   harbour      harbour      harbour
//   mailbox      mailbox      mailbox

import { ATTR_SERVICE_INSTANCE_ID } from '@opentelemetry/semantic-conventions';
import { router } from '../otel/contract/index.ts';
import { ATTR_ROUTER_NEXT_HOP } from '../otel/contract/names.ts';
import type { TraceSpan } from '../traces/model.ts';
import { printable } from '../traces/printable.ts';
import { style } from './screen.ts';

const NO_WAY = 'connection kept: its way was chosen before';

/** The ways of letters, given the spans of each; nothing unless there are several, and one of them passed an office. */
export function drawWays(letters: readonly TraceSpan[][]): string {
  const ways = letters.map(stopsOf);
  if (ways.length < 2 || ways.every((way) => way.length === 0)) return '';
  const columns = ways.map((way, index) => [`letter ${index + 1}`, ...(way.length === 0 ? [NO_WAY] : way)]);
  const height = Math.max(...columns.map((column) => column.length));
  const lines = Array.from({ length: height }, (_, row) =>
    columns
      .map((column, index) => {
        const cell = (column[row] ?? '').padEnd(Math.max(...column.map(({ length }) => length)) + 4);
        return row > 0 && index > 0 && column[row] !== columns[0]?.[row] ? style('bold', cell) : cell;
      })
      .join('')
      .trimEnd(),
  );
  return `${lines.map((line) => `  ${line}`).join('\n')}\n`;
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
