// One set of requests, or two beside each other: as they are measured, or read again from their traces.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { texts } from '#texts/sets.tsx';
import type { SampleSet, StartState } from '../../../../services/visitor/api.ts';
import { failuresOf } from '../../../../traces/statistics/comparison.ts';
import type { SetStart } from '../../../../traces/statistics/sample.ts';
import { go } from '../address.ts';
import { Problem } from '../frame/problem.tsx';
import { Select } from '../frame/select.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { number } from '../texts/format.ts';
import { Flame } from './flame.tsx';
import { measure, measuring, readSets, stop } from './measure.ts';
import { OneSet } from './one.tsx';
import { TwoSets } from './two.tsx';

const TIMES = [10, 15, 20, 50, 100];
const STARTS: Record<SetStart, string> = {
  cold: texts.coldStart,
  new: texts.newStart,
  warm: texts.warmStart,
  load: texts.loadStart,
};

/** `ids`: one set's id, or `a...b`. */
export function Sets({ ids }: { ids: string }) {
  const kept = useSignal<SampleSet[] | null>(null);
  const problem = useSignal('');
  const now = measuring.value?.ids === ids ? measuring.value : null;
  useEffect(() => {
    document.title = texts.setsTitle;
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
        {a && isOver && [a, b].every((set) => set?.start !== 'load') && (
          <SendAgain
            key={ids}
            sets={b ? [a, b] : [a]}
            last={now?.order.times ?? a.samples.length + a.failures.length}
          />
        )}
      </header>
      {now !== null && !isOver && (
        <p class="quiet" role="status">
          {now.round === 0 ? texts.firstRound : texts.roundOf(now.round, now.order.times)}{' '}
          <button type="button" class="button" onClick={stop}>
            {texts.stop}
          </button>
        </p>
      )}
      {[trouble, ...(sets ?? []).map(failuresOf)].map((text) => (
        <Problem key={text} text={text} />
      ))}
      {sets === null && !trouble && <Waiting says={texts.readingTheTraces} />}
      {a && b && <TwoSets a={a} b={b} />}
      {a && !b && <OneSet set={a} />}
      {a && isOver && a.samples.length > 0 && <Flame key={ids} a={a} {...(b && { b })} />}
    </article>
  );
}

function Title({ a, b }: { a: SampleSet | undefined; b: SampleSet | undefined }) {
  return <h1 tabIndex={-1}>{b ? texts.twoSets(a?.name ?? '', b.name) : texts.sentManyTimes(a?.name ?? '')}</h1>;
}

/** Sends the same once more, for new sets; as often as `last` time, or otherwise. */
function SendAgain({ sets, last }: { sets: readonly SampleSet[]; last: number }) {
  const times = useSignal(Math.max(last, 1));
  const options = [...new Set([...TIMES, Math.max(last, 1)])].sort((a, b) => a - b);
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
      <Select
        label={texts.howOften}
        value={times}
        options={options.map((each) => [each, `× ${number(each)}`] as const)}
      />
      <button type="submit" class="button primary">
        {texts.sendAgain}
      </button>
    </form>
  );
}
