// docs/bench.md: what `npm run bench chain -- --record` measured.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChainResults, partsOf, total, verdicts } from './results.ts';

export const CHAIN = join(import.meta.dirname, '../results/chain.json');

/** The page, by its path; none before anything was recorded. */
export function chainPages(): Record<string, string> {
  if (!existsSync(CHAIN)) return {};
  return { 'docs/bench.md': page(JSON.parse(readFileSync(CHAIN, 'utf8')) as ChainResults) };
}

function page({ where, rates, spans, memory, waiting, ...others }: ChainResults): string {
  const goals = verdicts({ where, rates, spans, ...(memory && { memory }), ...(waiting && { waiting }), ...others });
  return `# What tracing costs

The whole lab as \`npm start\` runs it, requested by wrk at the web server's port, beside nginx, gunicorn (2 workers) and Django with
the same database, page and files; all on one machine, in turns, each once it was warm. Measured and written by \`npm run bench chain --
--record\`; the same as JSON is in [chain.json](../bench/results/chain.json). Other machines give other figures: compare within a run.
CPU a request varies less than a rate.

${where}

## Goals

${table(
  ['', 'measured', 'goal', ''],
  goals.map(({ what, found = '–', wanted, isMet }) => [
    what,
    found,
    wanted,
    isMet === undefined ? 'not measured' : isMet ? 'met' : '**missed**',
  ]),
)}

## Requests a second, and their cost

${table(
  ['page', 'connections', 'system', 'a second', 'median ms', 'µs of CPU a request', 'of which'],
  rates.map(({ page: kind, connections, name, rate, medianMs, cpu }) => [
    kind,
    number(connections),
    name,
    number(rate),
    medianMs === undefined ? '–' : number(medianMs),
    number(total(cpu)),
    partsOf(cpu),
  ]),
)}

A dynamic request of the lab has 11 spans at these stops, a static one 3; Django's has 3. ${number(spans.made)} spans were made by the traced
lab while this was measured, ${number(spans.made - spans.stored)} of them were lost.

## Memory, and waiting

Pss in MB: what several processes share is divided among them. Under load: the most that each had at any time.

${memory ? memoryTable(memory) : ''}

${waiting ? `Ready ${waiting.coldSeconds.toFixed(2)} s after \`npm start\` for the first time, ${waiting.warmSeconds.toFixed(2)} s later; a trace is readable ${waiting.readableMs.toFixed(0)} ms after its response (medians; \`npm run bench journey\`).` : ''}
`;
}

function memoryTable({ rest, load, after }: NonNullable<ChainResults['memory']>): string {
  const columns = [rest, load, after];
  const rows = Object.keys(rest).map((name) => [name, ...columns.map((memory) => String(memory[name] ?? '–'))]);
  const sums = ['all', ...columns.map((memory) => String(total(memory)))];
  return table(['', 'at rest', 'under load', '10 s after'], [...rows, sums]);
}

function number(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 1 });
}

/** A table in Markdown. */
export function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
