// Which two traces: the pairs that teach most, sent with one click; any two scenarios; or one of the recent traces.

import { signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { texts } from '#texts/compare.tsx';
import type { SetSide, StartState } from '../../../../services/visitor/api.ts';
import { address, go, setParameters } from '../address.ts';
import { fetchJson, type Traces } from '../api.ts';
import { Problem } from '../frame/problem.tsx';
import { Select } from '../frame/select.tsx';
import { TraceLink } from '../frame/trace-row.tsx';
import { RECORDINGS } from '../recorded.ts';
import { loadScenarios, scenarios } from '../scenarios.ts';
import { measure } from '../sets/measure.ts';

const problem = signal('');
const making = signal('');
const NO_TRACES: Traces = { traces: [], learner: null };
const recent = signal(NO_TRACES);

type Sides = [SetSide, SetSide];

/** `times`: once where what differs is not the time. */
const PAIRS: [label: string, says: string, sides: Sides, times?: 1][] = [
  [texts.staticBesideDynamic, texts.staticBesideDynamicSays, [{ scenario: 'static' }, { scenario: 'dynamic' }]],
  [
    texts.coldBesideWarm,
    texts.coldBesideWarmSays,
    [
      { scenario: 'dynamic', start: 'cold' },
      { scenario: 'dynamic', start: 'new' },
    ],
  ],
  [
    texts.newBesideKept,
    texts.newBesideKeptSays,
    [
      { scenario: 'dynamic', start: 'new' },
      { scenario: 'dynamic', start: 'warm' },
    ],
  ],
  [
    texts.manyQueriesBesideOne,
    texts.manyQueriesBesideOneSays,
    [
      { scenario: 'n-plus-1', visit: 1 },
      { scenario: 'n-plus-1', visit: 2 },
    ],
  ],
  [
    texts.firstLoadBesideSecond,
    texts.firstLoadBesideSecondSays,
    [
      { scenario: 'page', visit: 1 },
      { scenario: 'page', visit: 2 },
    ],
  ],
  [
    texts.twoReaders,
    texts.twoReadersSays,
    [
      { scenario: 'two-readers', visit: 3 },
      { scenario: 'two-readers', visit: 6 },
    ],
    1,
  ],
  [
    texts.yesBesideNo,
    texts.yesBesideNoSays,
    [
      { scenario: 'yes-and-no', visit: 1 },
      { scenario: 'yes-and-no', visit: 2 },
    ],
    1,
  ],
];
const TIMES = [1, 15, 30, 100].map((each) => [each, each === 1 ? texts.once : texts.inTurns(each)] as const);
const STARTS: [StartState, string][] = [
  ['warm', texts.warmStart],
  ['new', texts.newStart],
  ['cold', texts.coldStart],
];

export function Chooser({ first }: { first: string }) {
  const form = formIn(address.peek().searchParams);
  const [left, right] = [useSignal(form.left), useSignal(form.right)];
  const [start, times] = [useSignal(form.start), useSignal(form.times)];
  const names = (scenarios.value ?? []).map(({ name }) => [name, name] as const);
  useEffect(() => {
    void loadScenarios();
    void loadRecent();
  }, []);
  return (
    <section class="compare-chooser">
      <h1 tabIndex={-1}>{texts.twoJourneys}</h1>
      <Problem text={problem.value} />
      {first === '' && (
        <>
          <ul class="pairs">
            {PAIRS.map(([label, says, sides, often = times.value]) => (
              <li key={label}>
                <button type="button" disabled={making.value !== ''} onClick={() => void show(label, sides, often)}>
                  <b>{making.value === label ? texts.onTheirWay : label}</b>
                  <span>{says}</span>
                </button>
              </li>
            ))}
          </ul>
          <form
            class="any-pair"
            onSubmit={(event) => {
              event.preventDefault();
              const sides = [left.value, right.value].map((scenario) => ({ scenario, start: start.value }));
              const [chosen, often] = [start.value, String(times.value)];
              setParameters({ left: left.value, right: right.value, start: chosen, times: often }); // for Back, and to be shared
              void show('any', sides as Sides, times.value);
            }}
          >
            <span>{texts.anyTwo}</span>
            <Select label={texts.leftSide} value={left} options={names} />
            <Select label={texts.rightSide} value={right} options={names} />
            {RECORDINGS === null && (
              <>
                <Select label={texts.startSide} value={start} options={STARTS} />
                <Select label={texts.howOften} value={times} options={TIMES} />
              </>
            )}
            <button type="submit" class="button primary" disabled={making.value !== ''}>
              {making.value === 'any' ? texts.onTheirWay : texts.sendBoth}
            </button>
          </form>
        </>
      )}
      <h2>{first ? texts.compareItWith : texts.orOneSentBefore}</h2>
      <p class="quiet">{first ? texts.chooseTheOther : texts.chooseTheFirst}</p>
      <ul class="recent-list">
        {recent.value.traces
          .filter(({ traceId }) => traceId !== first)
          .map((line) => (
            <li key={line.traceId}>
              <TraceLink
                line={line}
                owner={recent.value.learner}
                href={first ? `/compare/${first}...${line.traceId}` : `/compare/${line.traceId}...`}
              />
            </li>
          ))}
      </ul>
    </section>
  );
}

/** The form as the address says: `/compare?left=static&right=dynamic&start=warm&times=15`. */
function formIn(parameters: URLSearchParams) {
  const { left = 'static', right = 'dynamic', start, times } = Object.fromEntries(parameters);
  const [chosen = 'warm'] = STARTS.flatMap(([each]) => (each === start ? [each] : []));
  const [often = RECORDINGS === null ? 15 : 1] = TIMES.flatMap(([each]) => (String(each) === times ? [each] : []));
  return { left, right, start: chosen, times: often };
}

async function loadRecent(): Promise<void> {
  recent.value = await fetchJson<Traces>('/traces?limit=30').catch(() => NO_TRACES);
}

/** Sends both; many times: shown as they are measured; once: two traces side by side. */
async function show(label: string, sides: Sides, times: number): Promise<void> {
  making.value = label;
  problem.value = '';
  const { sets, problem: failure } = await measure({ sides, times }, (ids) => {
    if (times > 1) go(`/sets/${ids}`);
  });
  making.value = '';
  const [a, b] = sets.map(({ samples }) => samples[0]?.traceId);
  if (times === 1 && a && b) go(`/compare/${a}...${b}`);
  else problem.value = failure;
}
