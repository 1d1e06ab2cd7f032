// Two sets compared: the verdict, and for each stage the median of both and the difference with its interval.

import { compareSets, nearestToMedian, type Row, signed, verdictOf } from '../../../../traces/statistics/comparison.ts';
import { directionOf } from '../../../../traces/statistics/difference.ts';
import type { SampleSet } from '../../../../traces/statistics/sample.ts';
import { duration } from '../layout/axis.ts';
import { StageName } from './stage-name.tsx';

export function TwoSets({ a, b }: { a: SampleSet; b: SampleSet }) {
  const comparison = compareSets(a, b);
  const { whole, stages, pairs } = comparison;
  const [left, right] = a.name === b.name ? [`${a.name} (left)`, `${b.name} (right)`] : [a.name, b.name];
  const [nearestA, nearestB] = [nearestToMedian(a.samples), nearestToMedian(b.samples)];
  return (
    <>
      <p class="verdict">{verdictOf(comparison, [left, right], duration)}</p>
      {pairs > 0 && (
        <div class="scrolling-table">
          <table class="shares">
            <caption class="hidden-label">Medians of {pairs} pairs</caption>
            <thead>
              <tr>
                <th scope="col">median of {pairs}</th>
                <th scope="col">{left}</th>
                <th scope="col">{right}</th>
                <th scope="col">difference</th>
                <th scope="col">95 % interval</th>
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
      <p>
        {nearestA && nearestB && (
          <a href={`/compare/${nearestA.traceId}...${nearestB.traceId}`}>The two traces nearest to the medians</a>
        )}
        {' · '}
        <a href={`/sets/${a.id}`}>all of {left}</a>
        {' · '}
        <a href={`/sets/${b.id}`}>all of {right}</a>
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
      <td>{difference && `${signed(difference.low, duration)} to ${signed(difference.high, duration)}`}</td>
    </tr>
  );
}
