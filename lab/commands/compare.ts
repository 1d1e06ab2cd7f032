// npm run compare: two scenarios, sent in turns many times; or two traces side by side, span by span.

import { findScenario } from '../../scenarios/scenarios.ts';
import type { StartState } from '../../services/visitor/api.ts';
import { align, type Station } from '../../traces/alignment.ts';
import { printable } from '../../traces/printable.ts';
import { compareSets, verdictOf } from '../../traces/statistics/comparison.ts';
import type { SampleSet } from '../../traces/statistics/sample.ts';
import { actionOf } from '../../traces/titles.ts';
import { DRAWN_ROWS, remarkOn } from '../../traces/waterfall.ts';
import { INTERRUPTED, LabError } from '../cli/command.ts';
import { labelOf, MAX_SERVICE, problems } from '../cli/draw.ts';
import { drawComparison } from '../cli/draw-comparison.ts';
import { defineCommand, wholeNumber } from '../cli/options.ts';
import { colourOf, columns, cut, padEnd, padStart, shownService, style, widest } from '../cli/screen.ts';
import type { Outcome } from '../cli/send.ts';
import { isSetId, measureSets, readSet } from '../cli/sets.ts';
import { createStatusLine } from '../cli/status-line.ts';
import { findSubject } from '../cli/subject.ts';
import { type LabConfig, readLabConfig } from '../config.ts';

const USAGE = `Usage: npm run compare [<a> <b>] [-- flags]      (static dynamic)

Sends two scenarios in turns, 15 times each, and prints for each stage the median of both and the difference with its 95 % interval.
The first round is not counted. How the figures are made: docs/numbers.md. The last request of a scenario is measured.

  npm run compare                                     a static and a dynamic page
  npm run compare letter n-plus-1 -- --start cold     any two scenarios, from the state that you choose
  npm run compare <set> <set>                         two sets measured before, such as before and after a fault
  npm run compare static dynamic -- --once            one trace of each, span by span
  npm run compare <trace id> <trace id>               two traces, span by span (npm run traces)

  --times N    pairs of requests, 1 to 200 (15)
  --start S    warm: names cached, connection open; new: names cached, new connection; cold: nothing cached (warm)
  --once       one trace of each, aligned span by span, over a new connection
  --json       one JSON object
  --help       this text

Ctrl-C ends it early, with the figures of what was sent until then.
Exit code 0: every response is as the contract says. 1: at least one is not. 130: ended by Ctrl-C.`;

/** For a time, and for a name above it. */
const COLUMN = 11;

type Side = { name: string; outcome: Outcome };

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: {
    times: { type: 'string', default: '15' },
    start: { type: 'string', default: 'warm' },
    once: { type: 'boolean' },
  },
  async run({ values, words }) {
    const [first, second, ...rest] = words.length === 0 ? ['static', 'dynamic'] : words;
    if (first === undefined || second === undefined || rest.length > 0) throw new LabError(USAGE);
    const times = wholeNumber('--times', values.times, 1, 200);
    const start = startState(values.start);
    const config = readLabConfig();
    const [one, other] = [findScenario(first), findScenario(second)];
    if (one && other && !values.once)
      return inTurns([one.name, other.name], { times, start, json: values.json === true }, config);
    if (isSetId(first) && isSetId(second)) {
      const sets = await Promise.all([readSet(first, config), readSet(second, config)]);
      return show(sets, { json: values.json === true, problem: '' }, config);
    }
    const a = await sideOf(first, config);
    const b = await sideOf(second, config);
    console.log(values.json ? printable(JSON.stringify(report(a, b))) : draw(a, b, config));
    return a.outcome.ok && b.outcome.ok;
  },
});

function startState(text: string): StartState {
  if (text === 'cold' || text === 'new' || text === 'warm') return text;
  throw new LabError(`--start is "${text}": it takes warm, new or cold.`);
}

async function inTurns(
  names: [string, string],
  { times, start, json }: { times: number; start: StartState; json: boolean },
  config: LabConfig,
): Promise<boolean | number> {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt);
  const line = createStatusLine(!json);
  const order = { sides: names.map((scenario) => ({ scenario, start })), times };
  const { sets, problem } = await measureSets(order, config, {
    signal: stop.signal,
    onRequest: (index) => line.show(index === 0 ? 'first round (not counted)' : `pair ${index} of ${times}`),
  });
  process.off('SIGINT', interrupt);
  line.clear();
  if (!json) console.log(style('dim', `${names.join(' and ')} in turns, ${START_STATES[start]}`));
  const ok = show(sets as [SampleSet, SampleSet], { json, problem }, config);
  return stop.signal.aborted ? INTERRUPTED : ok;
}

const START_STATES: Record<StartState, string> = {
  cold: 'cold start: no name cached, a new connection',
  new: 'names cached, a new connection',
  warm: 'warm start: names cached, the connection is open',
};

function show(
  [a, b]: [SampleSet, SampleSet],
  { json, problem }: { json: boolean; problem: string },
  { visitorUrl }: LabConfig,
): boolean {
  const comparison = compareSets(a, b);
  if (json) {
    const verdict = verdictOf(comparison, [a.name, b.name], (ms) => `${ms.toFixed(2)} ms`);
    console.log(printable(JSON.stringify({ a, b, ...comparison, verdict, problem: problem || null })));
  } else {
    console.log(drawComparison(comparison, [a, b], visitorUrl));
    if (problem !== '') console.log(style('red', `✗ ${problem}`));
  }
  return problem === '' && comparison.pairs > 0 && a.failures.length + b.failures.length === 0;
}

async function sideOf(typed: string, config: LabConfig): Promise<Side> {
  const { outcomes } = await findSubject(typed, config, { warm: true });
  const outcome = outcomes.at(-1);
  if (outcome === undefined) throw new LabError(`"${typed}" sends no request`);
  return { name: typed, outcome };
}

function report(a: Side, b: Side): object {
  const side = ({ name, outcome: { spans, preview, ...outcome } }: Side) => ({ name, ...outcome });
  const stations = align(a.outcome.spans, b.outcome.spans).map((station) => ({
    service: spanOf(station)?.service,
    name: spanOf(station)?.name,
    aMs: station.a?.duration ?? null,
    bMs: station.b?.duration ?? null,
  }));
  return { a: side(a), b: side(b), stations };
}

function draw(a: Side, b: Side, { visitorUrl }: LabConfig): string {
  const aligned = align(a.outcome.spans, b.outcome.spans);
  const stations = aligned.slice(0, DRAWN_ROWS);
  const width = columns();
  const services = stations.map((station) => shownService(spanOf(station)?.service ?? ''));
  const service = Math.min(widest(services), MAX_SERVICE);
  const labels = stations.map((station) => stationLabel(station, width));
  const label = Math.min(widest(labels), width - service - 2 - 3 * COLUMN);
  const row = (station: Station, index: number) => {
    const name = services[index] ?? '';
    const times = [time(station.a), time(station.b), difference(station)].map((text) => text.padStart(COLUMN));
    const line = `${padEnd(cut(name, service), service)}  ${padEnd(cut(labels[index] ?? '', label), label)}${times.join('')}`;
    return style(station.a && station.b ? 'dim' : colourOf(name), line.trimEnd());
  };
  const heads = [a.name, b.name, 'difference'].map((text) => padStart(cut(text, COLUMN - 1), COLUMN)).join('');
  const jaeger = a.outcome.jaeger && `${a.outcome.jaeger}...${b.outcome.traceId}`; // Jaeger's own comparison
  return [
    style('bold', `${' '.repeat(service + 2 + label)}${heads}`),
    ...stations.map(row),
    remarkOn(stations.length, aligned.length),
    ...problems(a.outcome),
    ...problems(b.outcome),
    `${cut(a.name, COLUMN)}  ${style('underline', a.outcome.page)}`,
    `${cut(b.name, COLUMN)}  ${style('underline', b.outcome.page)}`,
    `both  ${style('underline', `${visitorUrl}/compare/${a.outcome.traceId}...${b.outcome.traceId}`)}`,
    ...(jaeger === null ? [] : [`both  ${style('underline', jaeger)}`]),
  ].join('\n');
}

function spanOf({ a, b }: Station): Station['a'] {
  return a ?? b;
}

function stationLabel(station: Station, width: number): string {
  const span = spanOf(station);
  return labelOf(span === null ? '' : actionOf(span), station.follows, width);
}

function time(span: Station['a']): string {
  return span === null ? '·' : `${span.duration.toFixed(2)} ms`;
}

function difference({ a, b }: Station): string {
  if (a === null || b === null) return '';
  const ms = b.duration - a.duration;
  return `${ms < 0 ? '−' : '+'}${Math.abs(ms).toFixed(2)} ms`;
}
