// Which two traces: the pairs that teach most, sent with one click; any two scenarios; or one of the recent traces.

import { signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SetSide, StartState } from '../../../../services/visitor/api.ts';
import { address, go, setParameters } from '../address.ts';
import { fetchJson, type Traces } from '../api.ts';
import { Problem } from '../frame/problem.tsx';
import { Select } from '../frame/select.tsx';
import { TraceLink } from '../frame/trace-row.tsx';
import { loadScenarios, scenarios } from '../scenarios.ts';
import { measure } from '../sets/measure.ts';

const problem = signal('');
const making = signal('');
const NO_TRACES: Traces = { traces: [], learner: null };
const recent = signal(NO_TRACES);

type Sides = [SetSide, SetSide];

/** `times`: once where what differs is not the time. */
const PAIRS: [label: string, says: string, sides: Sides, times?: 1][] = [
  [
    'static beside dynamic',
    'A static file, and a page that is made for each request.',
    [{ scenario: 'static' }, { scenario: 'dynamic' }],
  ],
  [
    'cold beside warm',
    'The same page: the name looked up from the root down, and taken from the cache.',
    [
      { scenario: 'dynamic', start: 'cold' },
      { scenario: 'dynamic', start: 'new' },
    ],
  ],
  [
    'new beside kept connection',
    'The same page again over the connection that is still open.',
    [
      { scenario: 'dynamic', start: 'new' },
      { scenario: 'dynamic', start: 'warm' },
    ],
  ],
  [
    'one query each, and one for all',
    'The same list of jobs, by many database queries and by one.',
    [
      { scenario: 'n-plus-1', visit: 1 },
      { scenario: 'n-plus-1', visit: 2 },
    ],
  ],
  [
    'one address, two readers',
    'The letter for the one who is signed in: first Ola, then Mara.',
    [
      { scenario: 'two-readers', visit: 3 },
      { scenario: 'two-readers', visit: 6 },
    ],
    1,
  ],
  [
    'a day of Yes beside a day of No',
    'The same view, query and template; the rows in the database decide what the page says.',
    [
      { scenario: 'yes-and-no', visit: 1 },
      { scenario: 'yes-and-no', visit: 2 },
    ],
    1,
  ],
];
const TIMES = [1, 15, 30, 100].map((each) => [each, each === 1 ? 'once' : `× ${each}, in turns`] as const);
const STARTS: [StartState, string][] = [
  ['warm', 'warm: connection open'],
  ['new', 'new connection, names in the cache'],
  ['cold', 'cold: no name in the cache'],
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
      <h1 tabIndex={-1}>Two journeys beside each other</h1>
      <Problem text={problem.value} />
      {first === '' && (
        <>
          <ul class="pairs">
            {PAIRS.map(([label, says, sides, often = times.value]) => (
              <li key={label}>
                <button type="button" disabled={making.value !== ''} onClick={() => void show(label, sides, often)}>
                  <b>{making.value === label ? 'On their way…' : label}</b>
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
            <span>Any two:</span>
            <Select label="Left" value={left} options={names} />
            <Select label="Right" value={right} options={names} />
            <Select label="Start" value={start} options={STARTS} />
            <Select label="How often" value={times} options={TIMES} />
            <button type="submit" class="button primary" disabled={making.value !== ''}>
              {making.value === 'any' ? 'On their way…' : 'Send both'}
            </button>
          </form>
        </>
      )}
      <h2>{first ? 'Compare it with' : 'Or of those sent before'}</h2>
      <p class="quiet">{first ? 'Choose the other one.' : 'Choose the first; then the other.'}</p>
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
  const [often = 15] = TIMES.flatMap(([each]) => (String(each) === times ? [each] : []));
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
