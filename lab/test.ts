// npm test: every test, or those of the files named. Through the guard, because vitest needs Node 24 as well.

import { startVitest } from 'vitest/node';

/** Runs the tests whose file names contain one of `args` (all without any); vitest sets the exit code. */
export async function main(args: string[]): Promise<void> {
  const vitest = await startVitest('test', args, { watch: false });
  await vitest.close();
}
