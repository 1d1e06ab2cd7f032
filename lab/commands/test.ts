// npm test: every test, or those of the files named. Through the guard, because vitest needs Node 24 as well.

import { parseCLI, startVitest } from 'vitest/node';
import { watchOutput } from '../cli/command.ts';

/** Runs the tests that `args` name, as vitest's own command line takes them (all without any); vitest sets the exit code. */
export async function main(args: string[]): Promise<void> {
  watchOutput();
  const isWatching = args.includes('--watch');
  const { filter, options } = parseCLI(['vitest', isWatching ? 'watch' : 'run', ...args]);
  const vitest = await startVitest('test', filter, options);
  if (!isWatching) await vitest.close();
}
