// docs/bench.md: what `npm run bench chain -- --record` measured.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChainResults, findRate, partsOf, type Rate, total, verdicts } from './results.ts';

export const CHAIN = join(import.meta.dirname, '../results/chain.json');
/** With `--limit 25%`. */
const QUARTER = join(import.meta.dirname, '../results/chain-25.json');

/** The page, by its path; none before anything was recorded. */
export function chainPages(): Record<string, string> {
  if (!existsSync(CHAIN)) return {};
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as ChainResults;
  const quarter = existsSync(QUARTER) ? quarterText(read(QUARTER)) : '';
  return { 'docs/bench.md': `${page(read(CHAIN)).trimEnd()}\n${quarter}` };
}

function quarterText(results: ChainResults): string {
  return `
## A slow machine

The same with a quarter of the machine's CPU for all processes together, wrk among them (\`npm run bench chain -- --limit 25%\`).

${results.where}

${goalsTable(results)}

${ratesTable(results.rates)}
`;
}

function page(results: ChainResults): string {
  const { where, rates, spans, memory, waiting } = results;
  return `# What tracing costs

The whole lab as \`npm start\` runs it, requested by wrk at the web server's port, beside nginx, gunicorn (2 workers) and Django with
the same database, page and files; all on one machine, in turns, each once it was warm. Measured and written by \`npm run bench chain --
--record\`; the same as JSON is in [chain.json](../bench/results/chain.json). Other machines give other figures: compare within a run.
CPU a request varies less than a rate.

${where}

## Goals

${goalsTable(results)}

## Requests a second, and their cost

CPU beside Django's: traced beside Django traced, untraced beside Django. Context switches and system calls are those of all processes
of a system together, a request; perf counts the calls. Cold: the first 2,000 requests after a start, one at a time.

${ratesTable(rates)}

A dynamic request of the lab has 11 spans at these stops, a static one 3; Django's has 3. ${number(spans.made)} spans were made by the traced
lab while this was measured, ${number(spans.made - spans.stored)} of them were lost.

## Memory, and waiting

Pss in MB: what several processes share is divided among them. Under load: the most that each had at any time.

${memory ? memoryTable(memory) : ''}

${waiting ? `Ready ${waiting.coldSeconds.toFixed(2)} s after \`npm start\` for the first time, ${waiting.warmSeconds.toFixed(2)} s later; a trace is readable ${waiting.readableMs.toFixed(0)} ms after its response (medians; \`npm run bench journey\`).` : ''}
`;
}

function goalsTable(results: ChainResults): string {
  const rows = verdicts(results).map(({ what, found = '–', wanted, isMet }) => [
    what,
    found,
    wanted,
    isMet === undefined ? 'not measured' : isMet ? 'met' : '**missed**',
  ]);
  return table(['', 'measured', 'goal', ''], rows);
}

function ratesTable(rates: readonly Rate[]): string {
  const shown = (value: number | undefined) => (value === undefined ? '–' : number(value));
  const rows = rates.map((rate) => [
    rate.page,
    `${rate.connections}${rate.isCold ? ', cold' : ''}`,
    rate.name,
    number(rate.rate),
    shown(rate.medianMs),
    number(total(rate.cpu)),
    besideDjango(rates, rate),
    shown(rate.switches),
    shown(rate.systemCalls),
    partsOf(rate.cpu),
  ]);
  const costs = ['µs of CPU a request', '× Django', 'context switches', 'system calls', 'of which'];
  return table(['page', 'connections', 'system', 'a second', 'median ms', ...costs], rows);
}

function besideDjango(rates: readonly Rate[], rate: Rate): string {
  const name = ['untraced', 'Django'].includes(rate.name) ? 'Django' : 'Django traced';
  const django = findRate(rates, { ...rate, name });
  return django ? (total(rate.cpu) / total(django.cpu)).toFixed(2) : '–';
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
