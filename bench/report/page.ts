// docs/bench.md: what `npm run bench chain -- --record` found, with its plots.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { plots } from './plots.ts';
import { type ChainResults, cpuInWords, type Memory, verdicts } from './results.ts';

const FILE = join(import.meta.dirname, '../../bench/results/chain.json');

/** The page and its pictures, by their paths; none before anything was recorded. */
export function chainPages(): Record<string, string> {
  if (!existsSync(FILE)) return {};
  const results = JSON.parse(readFileSync(FILE, 'utf8')) as ChainResults;
  const pictures = Object.entries(plots(results)).map(([name, svg]) => [`docs/pictures/bench-${name}.svg`, svg]);
  return { 'docs/bench.md': page(results), ...Object.fromEntries(pictures) };
}

function page(results: ChainResults): string {
  const { where, rates, spans, crowds = [], workers = [], longTraces = [], memory, waiting } = results;
  const number = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 1 });
  const goals = verdicts(results).map(({ what, found = '–', wanted, isMet }) => [
    what,
    found,
    wanted,
    isMet === undefined ? 'not measured' : isMet ? 'met' : '**missed**',
  ]);
  return `# What a waybill costs

The whole lab as \`npm start\` runs it, asked by wrk at the web server's port over 32 connections, beside nginx, gunicorn (2
workers) and Django with the same database, page and files; everything on one machine, in turns, each once it was warm.
Measured and written by \`npm run bench chain -- --record\`; the same as JSON is in [chain.json](../bench/results/chain.json). Other machines give other
figures: compare within a run.

${where}

## What is wanted

${table(['', 'found', 'wanted', ''], goals)}

## Requests a second

${picture('rates', 'Requests a second of the dynamic page')}
${picture('cpu', 'Microseconds of CPU a request, by process')}

${table(
  ['page', 'who', 'a second', 'µs of CPU a request', 'of which'],
  rates.map(({ page: asked, name, rate, cpu }) => {
    const { sum, parts } = cpuInWords(cpu);
    return [asked, name, number(rate), number(sum), parts];
  }),
)}

A dynamic request of the lab has 11 spans at these stops, a static one 3; Django's has 3. ${number(spans.made)} spans were made by the traced
lab while this was measured, ${number(spans.made - spans.stored)} of them were lost.

## As work grows

A worker handles one request at a time, so with *n* connections *n* − 2 requests wait in the gateway's queue.

${picture('crowds', 'Requests a second by connections')}
${picture('latency', 'Time an answer takes by connections')}

${table(
  ['who', 'connections', 'a second', 'median ms', '99 % within ms'],
  crowds.map(({ name, connections, rate, medianMs, p99Ms }) => [
    name,
    number(connections),
    number(rate),
    number(medianMs),
    number(p99Ms),
  ]),
)}

More workers than cores do not answer more.

${picture('workers', 'Requests a second by workers')}

${table(
  ['who', 'workers', 'a second'],
  workers.map((each) => [each.name, number(each.workers), number(each.rate)]),
)}

A trace of ever more spans, sent to the store in exports of 500, then asked for whole.

${picture('long-traces', 'Time by spans in a trace')}

${table(
  ['spans', 'taken in, ms', 'answered, ms'],
  longTraces.map((each) => [number(each.spans), number(each.takenInMs), number(each.answeredMs)]),
)}

## Memory, and waiting

Pss in MB: what several processes share is divided among them. Under load the most that each had at any time.

${picture('memory', 'Memory by process')}

${memory ? memoryTable(memory) : ''}

${waiting ? `Ready ${waiting.coldSeconds.toFixed(2)} s after \`npm start\` for the first time, ${waiting.warmSeconds.toFixed(2)} s later; a trace is readable ${waiting.readableMs.toFixed(0)} ms after its response (medians).` : ''}
`;
}

function memoryTable({ rest, load, after }: Record<'rest' | 'load' | 'after', Memory>): string {
  const names = Object.keys(rest.processes);
  const rows = names.map((name) => [
    name,
    ...[rest, load, after].map(({ processes }) => String(processes[name] ?? '–')),
  ]);
  return table(
    ['', 'at rest', 'under load', '10 s after'],
    [...rows, ['all', ...[rest, load, after].map(({ all }) => String(all))]],
  );
}

function picture(name: string, text: string): string {
  return `![${text}](pictures/bench-${name}.svg)`;
}

/** A table in Markdown. */
export function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
