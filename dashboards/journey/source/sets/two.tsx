// Two sets compared: the verdict, and for each stage the median of both and the difference with its interval.

import { texts } from '#texts/sets.tsx';
import { compareSets, nearestToMedian, type Row, signed, verdictOf } from '../../../../traces/statistics/comparison.ts';
import { directionOf } from '../../../../traces/statistics/difference.ts';
import { histogramsOf } from '../../../../traces/statistics/histogram.ts';
import { percentiles } from '../../../../traces/statistics/percentiles.ts';
import { type SampleSet, timeOf } from '../../../../traces/statistics/sample.ts';
import { duration } from '../layout/axis.ts';
import { Bins, Histogram, MIN_MS } from './histogram.tsx';
import { StageName } from './stage-name.tsx';

const BINS = 24;

export function TwoSets({ a, b }: { a: SampleSet; b: SampleSet }) {
  const comparison = compareSets(a, b);
  const { whole, stages, pairs } = comparison;
  const [left, right] = a.name === b.name ? [texts.leftOf(a.name), texts.rightOf(b.name)] : [a.name, b.name];
  const [nearestA, nearestB] = [nearestToMedian(a.samples), nearestToMedian(b.samples)];
  return (
    <>
      <p class="verdict">{verdictOf(comparison, [left, right], duration)}</p>
      {pairs > 0 && (
        <div class="scrolling-table">
          <table class="shares">
            <caption class="hidden-label">{texts.mediansOfPairs(pairs)}</caption>
            <thead>
              <tr>
                <th scope="col">{texts.medianOf(pairs)}</th>
                <th scope="col">{left}</th>
                <th scope="col">{right}</th>
                <th scope="col">{texts.difference}</th>
                <th scope="col">{texts.interval}</th>
              </tr>
            </thead>
            <tbody>
              {[whole, ...stages].map((row) => (
                <StageRow key={row.stage} row={row} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {pairs > 1 && (
        <section class="histograms" aria-label={texts.distributionsOfBoth}>
          {[whole, ...stages]
            .filter(({ a: left, b: right }) => Math.max(left, right) >= MIN_MS)
            .map(({ stage }) => (
              <Distributions key={stage} stage={stage} a={a} b={b} names={[left, right]} />
            ))}
        </section>
      )}
      <p>
        {nearestA && nearestB && (
          <a href={`/compare/${nearestA.traceId}...${nearestB.traceId}`}>{texts.nearestToMedians}</a>
        )}
        {' · '}
        <a href={`/sets/${a.id}`}>{texts.allOf(left)}</a>
        {' · '}
        <a href={`/sets/${b.id}`}>{texts.allOf(right)}</a>
      </p>
    </>
  );
}

function StageRow({ row: { stage, a, b, difference } }: { row: Row }) {
  const direction = directionOf(difference);
  return (
    <tr class={direction === 0 ? 'quiet' : ''}>
      <StageName stage={stage} />
      <td>{duration(a)}</td>
      <td>{duration(b)}</td>
      <td class={['quicker', '', 'slower'][direction + 1]}>{difference && signed(difference.median, duration)}</td>
      <td>{difference && texts.fromTo(signed(difference.low, duration), signed(difference.high, duration))}</td>
    </tr>
  );
}

type DistributionsProps = { stage: Row['stage']; a: SampleSet; b: SampleSet; names: readonly [string, string] };

/** Both distributions of a stage in the same bins: the left set's above the line, the right set's below. */
function Distributions({ stage, a, b, names }: DistributionsProps) {
  const timesA = a.samples.map((sample) => timeOf(sample, stage));
  const timesB = b.samples.map((sample) => timeOf(sample, stage));
  const { from, to, ...bins } = histogramsOf(timesA, timesB, BINS);
  const max = Math.max(...bins.a, ...bins.b, 1);
  const slowOf = (times: number[]) => duration(percentiles(times)?.p90 ?? Number.NaN);
  const [slowA, slowB] = [slowOf(timesA), slowOf(timesB)];
  return (
    <Histogram
      stage={stage}
      figures={`p90 ${slowA} | ${slowB}`}
      says={texts.mostTakeAtMost(slowA, names[0], slowB, names[1])}
      range={[duration(from), texts.andMore(duration(to))]}
    >
      <Bins counts={bins.a} max={max} side="above" />
      <Bins counts={bins.b} max={max} side="below" />
    </Histogram>
  );
}
