// One set of requests, or two beside each other: as they are measured, or read again from their traces.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SampleSet } from '../../../../services/visitor/api.ts';
import { failuresOf } from '../../../../traces/statistics/comparison.ts';
import { Waiting } from '../frame/waiting.tsx';
import { Flame } from './flame.tsx';
import { measuring, readSets, stop } from './measure.ts';
import { OneSet } from './one.tsx';
import { TwoSets } from './two.tsx';

/** `ids`: one set's id, or `a...b`. */
export function Sets({ ids }: { ids: string }) {
  const kept = useSignal<SampleSet[] | null>(null);
  const problem = useSignal('');
  const now = measuring.value?.ids === ids ? measuring.value : null;
  useEffect(() => {
    document.title = 'Many requests · Waybill';
    if (now !== null) return;
    readSets(ids).then(
      (sets) => {
        kept.value = sets;
      },
      (error: Error) => {
        problem.value = error.message;
      },
    );
  }, [ids]);
  const sets = now?.sets ?? kept.value;
  const trouble = now?.problem || problem.value;
  const [a, b] = sets ?? [];
  return (
    <article class="compare">
      <h1 tabIndex={-1}>
        {b ? (
          <>
            <code>{a?.name}</code> and <code>{b.name}</code>, in turns
          </>
        ) : (
          <>
            <code>{a?.name}</code>, sent many times
          </>
        )}
      </h1>
      {now !== null && !now.isOver && (
        <p class="quiet" role="status">
          {now.round === 0 ? 'The first round, which is not counted…' : `${now.round} of ${now.times}…`}{' '}
          <button type="button" class="button" onClick={stop}>
            Stop
          </button>
        </p>
      )}
      {trouble && (
        <p class="card-error" role="alert">
          {trouble}
        </p>
      )}
      {sets?.map((set) => {
        const failed = failuresOf(set);
        return (
          failed && (
            <p key={set.id} class="card-error">
              {failed}
            </p>
          )
        );
      })}
      {sets === null && !trouble && <Waiting says="Reading the traces" />}
      {a && b && <TwoSets a={a} b={b} />}
      {a && !b && <OneSet set={a} />}
      {a && (now === null || now.isOver) && a.samples.length > 0 && <Flame a={a} {...(b && { b })} />}
    </article>
  );
}
