// npm run bench [<what>]: runs bench/<what>.ts. With --record what it prints is kept in bench/results (and what it returns, as JSON),
// from which bench/RESULTS.md and docs/bench.md are made, the only places with figures.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { chainPages } from '../../bench/report/page.ts';
import { didYouMean } from '../../runtime/nearest.ts';
import { isMeasurable } from '../../runtime/platform/usage.ts';
import { LabError } from '../cli/command.ts';
import { defineCommand } from '../cli/options.ts';
import { limitCpu, readShare } from '../cpu-limit.ts';

const BENCH = join(import.meta.dirname, '../../bench');

const BENCHES = {
  journey: 'how long a learner waits: start, trace, restart, stop (unless one is named)',
  start: 'a start of the checkout and of the package: seconds, CPU time, modules',
  page: 'the journey page in Chromium',
  compare: 'whether a comparison finds a delay of 2 ms: minutes',
  chain: 'what tracing costs, beside nginx, gunicorn and Django: a quarter of an hour',
  proxy: 'files and dynamic requests, beside nginx',
  gateway: 'the cost of the gateway',
  tls: 'handshakes and requests over TLS, beside nginx',
  dns: 'cached queries, beside unbound',
  diagnosis: 'how long the diagnosis of a large trace takes',
  store: 'spans taken in, memory, disk, and how long reads take',
};
const NAMES = Object.keys(BENCHES);

const USAGE = `Usage: npm run bench [<name>] [-- --quick | --record] [--limit <share>]

Measures the lab on this machine. Compare figures of one run only: machines differ.

  npm run bench proxy -- --quick

${Object.entries(BENCHES)
  .map(([name, text]) => `  ${name.padEnd(11)}${text}`)
  .join('\n')}

  --quick    one short round: for trying a bench
  --record   keeps what it prints in bench/RESULTS.md (chain: docs/bench.md as well)
  --limit    the share of the machine's CPU that everything gets, such as 25%: a slow machine (Linux, as root)
  --help     this text

Exit code 0: measured. 1: not, and why.`;

const FULL = { rounds: 5, seconds: 3 };
const QUICK = { rounds: 1, seconds: 1 };

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: { quick: { type: 'boolean' }, record: { type: 'boolean' }, limit: { type: 'string' } },
  async run({ values, words: [name = 'journey', ...rest] }) {
    if (rest.length > 0) throw new LabError(USAGE);
    if (!NAMES.includes(name))
      throw new LabError(`There is no bench "${name}".${didYouMean(name, NAMES)} The benches are ${NAMES.join(', ')}.`);
    const bench = (await import(`../../bench/${name}.ts`)) as { main: (effort: typeof FULL) => Promise<unknown> };
    if (!isMeasurable)
      throw new LabError('Benches read CPU time and memory of processes as Linux reports them: run them there.');
    const share = values.limit === undefined ? undefined : readShare(values.limit);
    const endLimit = share === undefined ? () => {} : limitCpu(share);
    const printed = capturePrinted();
    try {
      const found = await bench.main(values.quick ? QUICK : FULL);
      if (values.record) record(share === undefined ? name : `${name}-${share * 100}`, printed(), found);
    } finally {
      endLimit();
    }
    return true;
  },
});

/** Keeps what console.log prints; the function that it returns gives it, and ends that. */
function capturePrinted(): () => string {
  const lines: string[] = [];
  const print = console.log;
  console.log = (...words: unknown[]) => {
    print(...words);
    lines.push(words.join(' '));
  };
  return () => {
    console.log = print;
    return stripVTControlCharacters(lines.join('\n')).trim();
  };
}

function record(name: string, printed: string, found: unknown): void {
  const [{ model } = { model: 'unknown' }] = cpus();
  const where = `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} × ${model}`;
  writeFileSync(join(BENCH, 'results', `${name}.txt`), `${where}\n\n${printed}\n`);
  if (found !== undefined) writeFileSync(join(BENCH, 'results', `${name}.json`), `${JSON.stringify(found, null, 2)}\n`);
  const pages = { 'bench/RESULTS.md': resultsPage(), ...chainPages() };
  for (const [path, text] of Object.entries(pages)) writeFileSync(join(BENCH, '..', path), text);
}

/** bench/RESULTS.md, from the recorded results. */
export function resultsPage(): string {
  const files = readdirSync(join(BENCH, 'results')).filter((file) => file.endsWith('.txt'));
  const parts = files.sort().map((file) => {
    const [where, , ...printed] = readFileSync(join(BENCH, 'results', file), 'utf8')
      .trimEnd()
      .split('\n');
    const [name, percent] = file.replace('.txt', '').split('-');
    const command = percent === undefined ? name : `${name} -- --limit ${percent}%`;
    return `## npm run bench ${command}\n\n${where}\n\n\`\`\`\n${printed.join('\n')}\n\`\`\`\n`;
  });
  return `# Figures

What each command printed on the day that stands below it, recorded with \`-- --record\`. The commands print other columns since then: CPU a request
of each process, beside the rate.

${parts.join('\n')}`;
}
