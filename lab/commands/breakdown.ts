// npm run breakdown: the time breakdown of a request: each microsecond belongs to one stage.
//
//   DNS              4.712 ms   22.0 %  ━━━━━━━━━━━━
//   …
//   sum             21.400 ms  100.0 %

import { STAGES } from '../../otel/contract/stages.ts';
import { breakdownOf } from '../../traces/breakdown.ts';
import { printable } from '../../traces/printable.ts';
import { titleOf } from '../../traces/titles.ts';
import { LabError } from '../cli/command.ts';
import { defineCommand } from '../cli/options.ts';
import { columns, cut, style } from '../cli/screen.ts';
import type { Outcome } from '../cli/send.ts';
import { findSubject } from '../cli/subject.ts';
import { readLabConfig } from '../config.ts';

const USAGE = `Usage: npm run breakdown <scenario, address or trace id> [-- --json]

Where the time of a request went. Each microsecond between its begin and its end belongs to one stage: that of the innermost
open span. So the stages add up to the whole; time in no span is listed as untracked.

  npm run breakdown dynamic
  npm run breakdown n-plus-1

  --json   one JSON object (times in microseconds)
  --help   this text

Exit code 0: the traces are as the contract says. 1: otherwise.`;

const LABEL = Math.max(...Object.values(STAGES).map(({ label }) => label.length));
const MAX_BAR = 40;

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: {},
  async run({ values, words: [typed, ...rest] }) {
    if (typed === undefined || rest.length > 0) throw new LabError(USAGE);
    const { outcomes } = await findSubject(typed, readLabConfig());
    if (values.json) console.log(printable(JSON.stringify({ visits: outcomes.map(report) })));
    else console.log(outcomes.map(draw).join('\n\n'));
    return outcomes.every(({ ok }) => ok);
  },
});

function report({ traceId, url, status, page, spans }: Outcome): object {
  const { micros = 0, entries = [] } = breakdownOf(spans) ?? {};
  const stages = entries.map(({ stage, micros: each, nodes }) => ({
    stage,
    micros: each,
    spans: nodes.map(({ node, micros: own }) => ({ spanId: node.span.spanId, name: node.span.name, micros: own })),
  }));
  return { traceId, url, status, page, micros, stages };
}

function draw({ method, url, status, spans, page }: Outcome): string {
  const breakdown = breakdownOf(spans);
  if (breakdown === undefined) return `${printable(url)}: no span has arrived`;
  const { micros, entries } = breakdown;
  const line = (label: string, time: number) =>
    `${label.padEnd(LABEL)}  ${(time / 1000).toFixed(3).padStart(10)} ms  ${share(time, micros).padStart(7)}`;
  const left = columns() - LABEL - 2 - 13 - 2 - 7 - 2;
  const bar = Math.min(MAX_BAR, Math.max(8, Math.round(left * 0.4)));
  const rows = entries.map(({ stage, micros: each, nodes }) => {
    const length = Math.round((bar * each) / (micros || 1));
    const names = [...new Set(nodes.map(({ node }) => titleOf(node.span)))].join(', ');
    const beside = left - bar - 2 >= 16 ? style('dim', cut(names, left - bar - 2)) : '';
    return `${line(STAGES[stage].label, each)}  ${'━'.repeat(length).padEnd(bar)}  ${beside}`.trimEnd();
  });
  return [
    style('bold', `${method} ${url} → ${status ?? 'no answer'}`),
    '',
    ...rows,
    style('bold', line('sum', micros)),
    '',
    style('underline', page),
  ].join('\n');
}

function share(part: number, whole: number): string {
  return `${((100 * part) / (whole || 1)).toFixed(1)} %`;
}
