// npm run build: what the package and the image run, in dist/ (lab/build).

import { build } from '../build/build.ts';
import { defineCommand } from '../cli/options.ts';

const USAGE = `Usage: npm run build

Bundles the services and the commands, and builds the journey page, into dist/: what \`npm pack\` and the image contain.
A checkout runs its TypeScript and needs none of it.

  --help   this text

Exit code 0: built. 1: not, and why.`;

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: {},
  async run() {
    await build();
    return true;
  },
});
