// Draws many traces of one kind, stage by stage:
//
//   ms                   median      p90      p99    share   slowest
//   whole                 12.31    15.82    31.04    100 %   http://127.0.0.1:8190/traces/…
//   web server             0.41     0.52     0.97      4 %   …

import { STAGES } from '../../otel/contract/stages.ts';
import type { Sample } from '../../traces/statistics/sample.ts';
import { summariesOf } from '../../traces/statistics/summary.ts';
import { columns, cut, milliseconds, padEnd, style, widest } from './screen.ts';

const COLUMN = 9;

/** The lines of the table of `samples`; with the address of each stage's slowest trace where it fits. No lines without samples. */
export function drawSummary(samples: readonly Sample[], visitorUrl: string): string[] {
  const summaries = summariesOf(samples);
  if (summaries.length === 0) return [];
  const labels = summaries.map(({ stage }) => (stage === null ? 'whole' : STAGES[stage].label));
  const label = Math.min(widest(labels), columns() - 4 * COLUMN);
  const line = (name: string, cells: readonly string[]) =>
    padEnd(cut(name, label), label) + cells.map((cell) => cell.padStart(COLUMN)).join('');
  const address = ({ slowest: [first] }: (typeof summaries)[number]) => `  ${visitorUrl}/traces/${first?.traceId}`;
  const hasRoom = label + 4 * COLUMN + widest(summaries.slice(0, 1).map(address)) <= columns();
  const rows = summaries.map((summary, at) => {
    const { median, p90, p99, share } = summary;
    const cells = [...[median, p90, p99].map(milliseconds), `${Math.round(100 * share)} %`];
    return line(labels[at] ?? '', cells) + (hasRoom ? address(summary) : '');
  });
  const head = line('ms', ['median', 'p90', 'p99', 'share']) + (hasRoom ? '  slowest' : '');
  return [style('bold', head), ...rows];
}
