// One set of requests, or two beside each other: as they are measured, or read again from their traces.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SampleSet, StartState } from '../../../../services/visitor/api.ts';
import { failuresOf } from '../../../../traces/statistics/comparison.ts';
import type { SetStart } from '../../../../traces/statistics/sample.ts';
import { go } from '../address.ts';
import { Problem } from '../frame/problem.tsx';
import { Select } from '../frame/select.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { Flame } from './flame.tsx';
import { measure, measuring, readSets, stop } from './measure.ts';
import { OneSet } from './one.tsx';
import { TwoSets } from './two.tsx';

const TIMES = [10, 15, 20, 50, 100].map((each) => [each, `× ${each}`] as const);
const STARTS: Record<SetStart, string> = {
  cold: 'cold start: no name cached, a new connection',
  new: 'names cached, a new connection',
  warm: 'warm start: names cached, the connection is open',
  load: 'sent to the web server directly, at a fixed rate',
};

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
  const isOver = now === null || now.isOver;
  return (
    <article class="compare">
      <header class="faults-head">
        <div>
          <Title a={a} b={b} />
          {a && (
            <p class="quiet">{b && b.start !== a.start ? `${STARTS[a.start]}; ${STARTS[b.start]}` : STARTS[a.start]}</p>
          )}
        </div>
        {a && isOver && [a, b].every((set) => set?.start !== 'load') && <SendAgain sets={b ? [a, b] : [a]} />}
      </header>
      {now !== null && !isOver && (
        <p class="quiet" role="status">
          {now.round === 0 ? 'The first round, which is not counted…' : `${now.round} of ${now.order.times}…`}{' '}
          <button type="button" class="button" onClick={stop}>
            Stop
          </button>
        </p>
      )}
      {[trouble, ...(sets ?? []).map(failuresOf)].map((text) => (
        <Problem key={text} text={text} />
      ))}
      {sets === null && !trouble && <Waiting says="Reading the traces" />}
      {a && b && <TwoSets a={a} b={b} />}
      {a && !b && <OneSet set={a} />}
      {a && isOver && a.samples.length > 0 && <Flame key={ids} a={a} {...(b && { b })} />}
    </article>
  );
}

function Title({ a, b }: { a: SampleSet | undefined; b: SampleSet | undefined }) {
  return (
    <h1 tabIndex={-1}>
      <code>{a?.name}</code>
      {b ? (
        <>
          {' '}
          and <code>{b.name}</code>
        </>
      ) : (
        ', sent many times'
      )}
    </h1>
  );
}

/** Sends the same once more, for new sets. */
function SendAgain({ sets }: { sets: readonly SampleSet[] }) {
  const times = useSignal(measuring.peek()?.order.times ?? 15);
  const sides = sets.map(({ name: scenario, visit, start }) => {
    return { scenario, ...(visit && { visit }), start: start as StartState };
  });
  return (
    <form
      class="again-form"
      onSubmit={(event) => {
        event.preventDefault();
        void measure({ sides, times: times.peek() }, (ids) => go(`/sets/${ids}`));
      }}
    >
      <Select label="How often" value={times} options={TIMES} />
      <button type="submit" class="button primary">
        Send again
      </button>
    </form>
  );
}
