// npm run compare: two scenarios side by side, stage by stage.
//
//                              static      dynamic    difference
//   visitor  visit             3.21 ms     9.83 ms     +6.62 ms
//   proxy    ├─ static file    0.41 ms           ·
//   …

import { parseArgs } from 'node:util';
import { findScenario, type Scenario, scenarios } from '../../scenarios/scenarios.ts';
import { align, type Station } from '../../traces/alignment.ts';
import { DRAWN_ROWS, remarkOn } from '../../traces/waterfall.ts';
import { LabError, runCommand } from '../command.ts';
import { readLabConfig } from '../config.ts';
import { colourOf, labelOf, problems, shownService, style } from '../draw.ts';
import { type Outcome, sendScenario } from '../send.ts';

const USAGE = `Usage: npm run compare [<scenario> <scenario>]      (static dynamic)

Sends the last letter of each scenario and prints both traces aligned by stage, with the time of each and the difference.
One letter goes ahead of each and is not shown, so that both find the phonebook and the caches warm.`;

const COLUMN = 13;

/** Runs the command; sets the exit code. */
export function main(args: string[]): Promise<void> {
  return runCommand(() => compare(args));
}

async function compare(args: string[]): Promise<boolean> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    console.log(USAGE);
    return true;
  }
  const named = positionals.length === 0 ? ['static', 'dynamic'] : positionals;
  if (named.length !== 2) throw new LabError(USAGE);
  const [a, b] = [await warmVisit(scenarioOf(named[0])), await warmVisit(scenarioOf(named[1]))];

  const aligned = align(a.spans, b.spans);
  const stations = aligned.slice(0, DRAWN_ROWS);
  const columns = widths(stations);
  const jaeger = a.jaeger && `${a.jaeger}...${b.traceId}`; // Jaeger's own comparison
  console.log(
    [
      heading(named, columns),
      ...stations.map((station) => row(station, columns)),
      remarkOn(stations.length, aligned.length),
      ...problems(a),
      ...problems(b),
      `${named[0]}  ${style('underline', a.page)}`,
      `${named[1]}  ${style('underline', b.page)}`,
      ...(jaeger === null ? [] : [`both  ${style('underline', jaeger)}`]),
    ].join('\n'),
  );
  return a.ok && b.ok;
}

function scenarioOf(name: string | undefined): Scenario {
  const scenario = findScenario(name ?? '');
  if (scenario) return scenario;
  throw new LabError(`There is no scenario "${name}". There are: ${scenarios.map((each) => each.name).join(', ')}`);
}

/** Sends a scenario once to warm up, then again as a new browser, with its last letter over a new connection to a known name. */
async function warmVisit(scenario: Scenario): Promise<Outcome> {
  const [outcome] = await sendScenario(scenario, readLabConfig(process.env), { warm: true });
  if (outcome === undefined) throw new LabError(`The scenario "${scenario.name}" has no visits`);
  return outcome;
}

type Widths = { service: number; label: number };

function widths(stations: Station[]): Widths {
  const spans = stations.map(({ a, b }) => a ?? b);
  return {
    service: Math.max(...spans.map((span) => shownService(span?.service ?? '').length)),
    label: Math.max(...stations.map((station) => stationLabel(station).length)),
  };
}

function heading([a = '', b = '']: string[], { service, label }: Widths): string {
  const columns = [a, b, 'difference'].map((text) => text.padStart(COLUMN)).join('');
  return style('bold', `${' '.repeat(service + 2 + label)}${columns}`);
}

function row(station: Station, { service, label }: Widths): string {
  const { a, b } = station;
  const name = shownService((a ?? b)?.service ?? '');
  const columns = [time(a), time(b), a && b ? signed(b.duration - a.duration) : ''].map((text) =>
    text.padStart(COLUMN),
  );
  const line = `${name.padEnd(service)}  ${stationLabel(station).padEnd(label)}${columns.join('')}`;
  return style(a && b ? 'dim' : colourOf(name), line.trimEnd());
}

function stationLabel({ a, b, follows }: Station): string {
  return labelOf((a ?? b)?.name ?? '', follows);
}

function time(span: Station['a']): string {
  return span === null ? '·' : `${span.duration.toFixed(2)} ms`;
}

function signed(ms: number): string {
  return `${ms < 0 ? '−' : '+'}${Math.abs(ms).toFixed(2)} ms`;
}
