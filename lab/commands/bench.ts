// npm run bench [<what>]: runs bench/<what>.ts; without a name, the journey's.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LabError, runCommand } from '../command.ts';

/** Runs one benchmark with the rest of `args`. */
export function main([name = 'journey', ...rest]: string[]): Promise<void> {
  return runCommand(async () => {
    const known = readdirSync(join(import.meta.dirname, '../../bench'))
      .filter((file) => /^[a-z]+\.ts$/.test(file))
      .map((file) => file.replace('.ts', ''));
    if (!known.includes(name)) throw new LabError(`Usage: npm run bench [${known.join(' | ')}]      (journey)`);
    const bench = (await import(`../../bench/${name}.ts`)) as { main: (args: string[]) => Promise<void> };
    await bench.main(rest);
    return true;
  });
}
