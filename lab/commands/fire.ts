// npm run fire <scenario>: sends a scenario's letters through the visitor and draws the journey of each.

import { parseArgs } from 'node:util';
import { findScenario, scenarios } from '../../scenarios/scenarios.ts';
import { printable } from '../../traces/printable.ts';
import { LabError, runCommand } from '../command.ts';
import { readLabConfig } from '../config.ts';
import { drawVisit } from '../draw.ts';
import { type Outcome, sendScenario } from '../send.ts';
import { drawWays } from '../ways.ts';

const USAGE = `Usage: npm run fire <scenario> [-- --json]
       npm run fire -- --list

Sends the letters of a scenario and shows the trace of each. The lab must be up (npm start).

  --json   one JSON object instead of a drawing (npm run -s fire <scenario> -- --json)
  --list   the scenarios there are
  --help   this text

Exit code 0: every answer and every trace is as the contract says (otel/contract/). 1: not so.`;

/** Runs the command; sets the exit code. */
export function main(args: string[]): Promise<void> {
  return runCommand(() => fire(args));
}

async function fire(args: string[]): Promise<boolean> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean' }, list: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return say(USAGE);
  if (values.list) return say(list());
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) throw new LabError(`${USAGE}\n\n${list()}`);
  const scenario = findScenario(name);
  if (scenario === undefined) throw new LabError(`There is no scenario "${name}". There are:\n\n${list()}`);

  const config = readLabConfig(process.env);
  const draw = values.json ? undefined : (outcome: Outcome) => console.log(drawVisit(name, outcome));
  const outcomes = await sendScenario(scenario, config, draw && { onVisit: draw });
  const ok = outcomes.every((outcome) => outcome.ok);
  const samePlace = new Set(outcomes.map(({ url }) => url)).size === 1;
  if (!values.json && samePlace) console.log(drawWays(outcomes.map(({ spans }) => spans)));
  if (values.json) console.log(printable(JSON.stringify(report(name, ok, outcomes))));
  return ok;
}

/** The object of `--json`: every visit, and the last one's fields again at the top. */
function report(scenario: string, ok: boolean, outcomes: Outcome[]): object {
  const visits = outcomes.map(({ spans, ok, preview, ...visit }) => visit);
  return { ...visits.at(-1), scenario, ok, visits };
}

function list(): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  return scenarios.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`).join('\n');
}

function say(text: string): true {
  console.log(text);
  return true;
}
