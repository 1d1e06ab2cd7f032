// npm test: the tests of each change, or those of the files named. Through the guard, because vitest needs Node 24 as well.
//
//   npm test                  units, the whole lab, the page: minutes
//   npm run test:slow         *.slow.test.ts: what starts many processes, sends much, or stands beside a real peer
//   npm run test:containers   the same journeys in Compose and a swarm

import { parseCLI, startVitest } from 'vitest/node';
import { watchOutput } from '../cli/command.ts';

/** The projects of vitest.config.ts that `npm test` runs. */
const PROJECTS = ['lab', 'shared-lab', 'units'];

/** Runs the tests that `args` name, as vitest's own command line takes them; without a name those of `npm test`. Vitest sets the exit code. */
export async function main(args: string[]): Promise<void> {
  watchOutput();
  const isWatching = args.includes('--watch');
  const { filter, options } = parseCLI(['vitest', isWatching ? 'watch' : 'run', ...args]);
  if (filter.length === 0) options.project ??= PROJECTS;
  const vitest = await startVitest('test', filter, options);
  if (!isWatching) await vitest.close();
}
