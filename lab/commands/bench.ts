// npm run bench [<what>]: runs bench/<what>.ts; without a name, the journey's. With --record what it prints is kept in bench/results
// (and what it gives, as JSON), and all that is kept makes bench/RESULTS.md and docs/bench.md, the only places where figures stand.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { chainPages } from '../../bench/report/page.ts';
import { LabError, runCommand } from '../cli/command.ts';

const BENCH = join(import.meta.dirname, '../../bench');
const RECORD = '--record';

/** Runs one benchmark with the rest of `args`. */
export function main([name = 'journey', ...rest]: string[]): Promise<void> {
  return runCommand(async () => {
    const known = readdirSync(BENCH)
      .filter((file) => /^[a-z]+\.ts$/.test(file))
      .map((file) => file.replace('.ts', ''));
    if (!known.includes(name)) {
      throw new LabError(`Usage: npm run bench [${known.join(' | ')}] [-- ${RECORD}]      (journey)`);
    }
    const bench = (await import(`../../bench/${name}.ts`)) as { main: (args: string[]) => Promise<unknown> };
    const printed = overhear();
    const found = await bench.main(rest.filter((arg) => arg !== RECORD));
    if (rest.includes(RECORD)) record(name, printed(), found);
    return true;
  });
}

/** Keeps what is printed by console.log; the function that it gives tells it. */
function overhear(): () => string {
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

/** bench/RESULTS.md, as the kept results make it. */
export function resultsPage(): string {
  const files = readdirSync(join(BENCH, 'results'))
    .filter((file) => file.endsWith('.txt'))
    .sort();
  const parts = files.map((file) => {
    const [where, , ...printed] = readFileSync(join(BENCH, 'results', file), 'utf8')
      .trimEnd()
      .split('\n');
    const name = file.replace('.txt', '');
    return `## npm run bench ${name}\n\n${where}\n\n\`\`\`\n${printed.join('\n')}\n\`\`\`\n`;
  });
  return `# Figures\n\nEach was printed by the command above it, which measures it again; \`-- ${RECORD}\` keeps what it prints here.\n\n${parts.join('\n')}`;
}
