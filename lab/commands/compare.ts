// npm run compare: two journeys side by side, stop by stop.
//
//                              static      dynamic    difference
//   visitor  visit             3.21 ms     9.83 ms     +6.62 ms
//   proxy    ├─ static file    0.41 ms           ·
//   …

import { align, type Station } from '../../traces/alignment.ts';
import { printable } from '../../traces/printable.ts';
import { doingOf } from '../../traces/titles.ts';
import { DRAWN_ROWS, remarkOn } from '../../traces/waterfall.ts';
import { LabError } from '../cli/command.ts';
import { labelOf, MAX_SERVICE, problems } from '../cli/draw.ts';
import { defineCommand } from '../cli/options.ts';
import { colourOf, columns, cut, padEnd, padStart, shownService, style, widest } from '../cli/screen.ts';
import type { Outcome } from '../cli/send.ts';
import { findSubject } from '../cli/subject.ts';
import { type LabConfig, readLabConfig } from '../config.ts';

const USAGE = `Usage: npm run compare [<a> <b>] [-- --json]      (static dynamic)

Prints two traces aligned stop by stop, with the time of each and the difference. Each is a scenario, an address or a trace id.
Of a scenario the last letter is sent; one goes ahead of it and is not shown, so that both find the phonebook and the caches warm.

  npm run compare                                     a static and a dynamic one
  npm run compare letter n-plus-1                     any two scenarios
  npm run compare <trace id> <trace id>               two that are filed, before and after a fault (npm run traces)

  --json   one JSON object
  --help   this text

Exit code 0: both are as the contract says. 1: not so.`;

/** For a time, and for a name above it. */
const COLUMN = 11;

type Side = { name: string; outcome: Outcome };

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: {},
  async run({ values, words }) {
    const [first, second, ...rest] = words.length === 0 ? ['static', 'dynamic'] : words;
    if (first === undefined || second === undefined || rest.length > 0) throw new LabError(USAGE);
    const config = readLabConfig();
    const a = await sideOf(first, config);
    const b = await sideOf(second, config);
    console.log(values.json ? printable(JSON.stringify(report(a, b))) : draw(a, b, config));
    return a.outcome.ok && b.outcome.ok;
  },
});

async function sideOf(typed: string, config: LabConfig): Promise<Side> {
  const { outcomes } = await findSubject(typed, config, { warm: true });
  const outcome = outcomes.at(-1);
  if (outcome === undefined) throw new LabError(`"${typed}" sends no letter`);
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
  return labelOf(span === null ? '' : doingOf(span), station.follows, width);
}

function time(span: Station['a']): string {
  return span === null ? '·' : `${span.duration.toFixed(2)} ms`;
}

function difference({ a, b }: Station): string {
  if (a === null || b === null) return '';
  const ms = b.duration - a.duration;
  return `${ms < 0 ? '−' : '+'}${Math.abs(ms).toFixed(2)} ms`;
}
