// Draws the comparison of two sets, 60 columns wide or more:
//
//   ms (median)        static  dynamic   difference
//   whole visit          3.21     9.83        +6.62   +6.10 to +7.02
//   web server           0.41     0.40        −0.01   −0.05 to +0.03
//   …
//   static    ▂█▅▁                      p90      4.10
//   dynamic               ▁▃█▇▂▁        p90     11.02
//             3.02               12.40 and more
//
//   dynamic takes 6.62 ms longer than static (95 % interval: 6.10 ms to 7.02 ms).

import { duration } from '../../dashboards/journey/source/layout/axis.ts';
import { STAGES } from '../../otel/contract/stages.ts';
import {
  type Comparison,
  failuresOf,
  nearestToMedian,
  type Row,
  signed,
  verdictOf,
} from '../../traces/statistics/comparison.ts';
import { directionOf } from '../../traces/statistics/difference.ts';
import { histogramsOf } from '../../traces/statistics/histogram.ts';
import { percentiles } from '../../traces/statistics/percentiles.ts';
import type { SampleSet } from '../../traces/statistics/sample.ts';
import { columns, cut, milliseconds, padEnd, padStart, style, widest, wrap } from './screen.ts';

const TIME = 9;
const INTERVAL = 18;
const MIN_NAME = 8;
const BINS = 24;
const BARS = '▁▂▃▄▅▆▇█';

/** The table of `comparison`, its verdict, failures, and where to read on. `visitorUrl` is where the page is. */
export function drawComparison(
  comparison: Comparison,
  [a, b]: readonly [SampleSet, SampleSet],
  visitorUrl: string,
): string {
  const { whole, stages } = comparison;
  const rows = [whole, ...stages];
  const labels = rows.map(({ stage }) => (stage === null ? 'whole visit' : STAGES[stage].label));
  const [left, right] = [a, b].map(({ name }) => Math.min(Math.max(TIME, widest([name]) + 2), 18)) as [number, number];
  const room = columns() - left - right - TIME - 2 - INTERVAL;
  const label = Math.max(MIN_NAME, Math.min(widest(['ms (median)', ...labels]), room));
  const head = [
    padEnd(cut('ms (median)', label), label),
    padStart(cut(a.name, left - 1), left),
    padStart(cut(b.name, right - 1), right),
    padStart('b − a', TIME + 2),
    padStart('95 % interval', INTERVAL),
  ].join('');
  const line = ({ a: timeA, b: timeB, difference, ...row }: Row, index: number) => {
    const text = [
      padEnd(cut(labels[index] ?? '', label), label),
      padStart(milliseconds(timeA), left),
      padStart(milliseconds(timeB), right),
      padStart(difference === null ? '' : signed(difference.median, milliseconds), TIME + 2),
      padStart(
        difference === null
          ? ''
          : `${signed(difference.low, milliseconds)} to ${signed(difference.high, milliseconds)}`,
        INTERVAL,
      ),
    ].join('');
    if (row.stage === null) return style('bold', text.trimEnd());
    return style(directionOf(difference) === 0 ? 'dim' : 'reset', text.trimEnd());
  };
  const table = [style('bold', head), ...rows.map(line), '', ...drawDistributions([a, b], Math.max(left, right)), ''];
  const shown = comparison.pairs === 0 ? [] : table;
  const [nearestA, nearestB] = [a, b].map(({ samples }) => nearestToMedian(samples)?.traceId);
  return [
    ...shown,
    ...wrap(
      verdictOf(comparison, namesOf(a, b), duration), // as on the page
      columns(),
    ).map((each) => style('bold', each)),
    ...[a, b]
      .flatMap((set) => failuresOf(set) ?? [])
      .flatMap((each) => wrap(`✗ ${each}`, columns()))
      .map((each) => style('red', each)),
    `all traces         ${style('underline', `${visitorUrl}/sets/${a.id}...${b.id}`)}`,
    ...(nearestA && nearestB
      ? [`nearest to median  ${style('underline', `${visitorUrl}/compare/${nearestA}...${nearestB}`)}`]
      : []),
  ].join('\n');
}

/** The distributions of both whole visits, in the same bins; `name`: the columns of a name. */
function drawDistributions(sets: readonly [SampleSet, SampleSet], name: number): string[] {
  const [a, b] = sets.map(({ samples }) => samples.map(({ total }) => total)) as [number[], number[]];
  const { from, to, ...bins } = histogramsOf(a, b, BINS);
  const max = Math.max(...bins.a, ...bins.b);
  const bars = (counts: readonly number[]) =>
    counts.map((count) => (count === 0 ? ' ' : BARS[Math.ceil((count / max) * BARS.length) - 1])).join('');
  const line = (set: SampleSet, times: readonly number[], counts: readonly number[]) => {
    const { p90 = Number.NaN } = percentiles(times) ?? {};
    return `${padEnd(cut(set.name, name - 1), name)}${bars(counts)}  p90 ${padStart(milliseconds(p90), TIME)}`;
  };
  const axis = `${' '.repeat(name)}${padEnd(milliseconds(from), BINS - TIME)}${padStart(milliseconds(to), TIME)} and more`;
  return [line(sets[0], a, bins.a), line(sets[1], b, bins.b), style('dim', axis)];
}

/** What the verdict calls the sides: their scenarios, or their sets where that is the same one. */
function namesOf(a: SampleSet, b: SampleSet): [string, string] {
  return a.name === b.name ? [`${a.name} (a)`, `${b.name} (b)`] : [a.name, b.name];
}
