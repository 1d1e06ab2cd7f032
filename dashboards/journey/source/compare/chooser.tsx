// Which two: the pairs that teach most, sent with one click; any two scenarios; or one of the recent traces.

import { signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { shownAddress } from '../../../../otel/contract/telling.ts';
import { go } from '../address.ts';
import { ask, runScenario, type ScenarioInfo, send, type TraceLine, type VisitAnswer } from '../api.ts';
import { duration } from '../layout/axis.ts';

type Made = () => Promise<[string, string]>;

const problem = signal('');
const making = signal('');
const names = signal<readonly string[]>([]);
const recent = signal<readonly TraceLine[]>([]);

const PAIRS: [label: string, says: string, make: Made][] = [
  [
    'static beside dynamic',
    'A file from the shelf, and a page that somebody must write.',
    () => both('static', 'dynamic'),
  ],
  ['cold beside warm', 'The same page: the phonebook asked from the root, and remembered.', coldAndWarm],
  ['new beside kept connection', 'The same page again over the connection that is still open.', newAndKept],
  [
    'one query each, and one for all',
    'The same list of jobs, by many questions to the database and by one.',
    oneByOneAndTogether,
  ],
];

export function Chooser({ first }: { first: string }) {
  const [left, right] = [useSignal('static'), useSignal('dynamic')];
  useEffect(() => void load(), []);
  return (
    <section class="compare-chooser">
      <h1 tabIndex={-1}>Two journeys beside each other</h1>
      {problem.value && (
        <p class="card-error" role="alert">
          {problem.value}
        </p>
      )}
      {first === '' && (
        <>
          <ul class="pairs">
            {PAIRS.map(([label, says, make]) => (
              <li key={label}>
                <button type="button" disabled={making.value !== ''} onClick={() => void show(label, make)}>
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
              void show('any', () => both(left.value, right.value));
            }}
          >
            <span>Any two:</span>
            <ScenarioSelect label="Left" value={left} />
            <ScenarioSelect label="Right" value={right} />
            <button type="submit" class="button primary" disabled={making.value !== ''}>
              {making.value === 'any' ? 'On their way…' : 'Send both'}
            </button>
          </form>
        </>
      )}
      <h2>{first ? 'Compare it with' : 'Or of those sent before'}</h2>
      <p class="quiet">{first ? 'Choose the other one.' : 'Choose the first; then the other.'}</p>
      <ul class="recent-list plain-list">
        {recent.value
          .filter(({ traceId }) => traceId !== first)
          .map(({ traceId, method, url, name, status, durationMs, scenario }) => (
            <li key={traceId}>
              <a href={first ? `/compare/${first}...${traceId}` : `/compare/${traceId}...`}>
                <span class="status">{status ?? '–'}</span>
                <span class="what">
                  <b>{method}</b> <bdi>{url === null ? name : shownAddress(url)}</bdi>
                  {scenario && <small class="tag">{scenario}</small>}
                </span>
                <span class="ms">{duration(durationMs)}</span>
              </a>
            </li>
          ))}
      </ul>
    </section>
  );
}

function ScenarioSelect({ label, value }: { label: string; value: { value: string } }) {
  return (
    <label>
      <span class="hidden-label">{label}</span>
      <select
        value={value.value}
        onChange={({ currentTarget }) => {
          value.value = currentTarget.value;
        }}
      >
        {names.value.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}

async function load(): Promise<void> {
  const [known, traces] = await Promise.all([
    ask<{ scenarios: ScenarioInfo[] }>('/scenarios').catch(() => ({ scenarios: [] })),
    ask<{ traces: TraceLine[] }>('/traces?limit=30').catch(() => ({ traces: [] })),
  ]);
  names.value = known.scenarios.map(({ name }) => name);
  recent.value = traces.traces;
}

async function show(label: string, make: Made): Promise<void> {
  making.value = label;
  problem.value = '';
  try {
    const [a, b] = await make();
    go(`/compare/${a}...${b}`);
  } catch (error) {
    problem.value = (error as Error).message;
  } finally {
    making.value = '';
  }
}

/** Both warm, so that the difference is the scenario's own. */
async function both(a: string, b: string): Promise<[string, string]> {
  return [await last(a, { warm: true }), await last(b, { warm: true })];
}

async function last(name: string, body: object = {}): Promise<string> {
  const visits = await runScenario(name, () => {}, body);
  const traceId = visits.at(-1)?.traceId;
  if (traceId === undefined) throw new Error(`${name} left no visit`);
  return traceId;
}

async function coldAndWarm(): Promise<[string, string]> {
  return visitTwice({ connection: 'new', cold: true }, { connection: 'new', cold: false });
}

async function newAndKept(): Promise<[string, string]> {
  return visitTwice({ connection: 'new', cold: false }, { connection: 'kept', cold: false });
}

/** After one that is not shown, so that what is compiled at a first visit does not count. */
async function visitTwice(...orders: [object, object]): Promise<[string, string]> {
  const visit = { method: 'GET', url: 'http://tatis.test/', browser: 'page' };
  await send<VisitAnswer>('POST', '/visits', visit);
  const first = await send<VisitAnswer>('POST', '/visits', { ...visit, ...orders[0] });
  const second = await send<VisitAnswer>('POST', '/visits', { ...visit, ...orders[1] });
  return [first.traceId, second.traceId];
}

async function oneByOneAndTogether(): Promise<[string, string]> {
  await runScenario('n-plus-1', () => {});
  const [a, b] = await runScenario('n-plus-1', () => {});
  if (!a || !b) throw new Error('n-plus-1 left no two visits');
  return [a.traceId, b.traceId];
}
