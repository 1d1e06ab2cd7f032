// npm run build: what the package and the image run, in dist/ (lab/build).

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isWindows } from '../../runtime/platform/system.ts';
import { ROOT } from '../../runtime/program.ts';
import { build } from '../build/build.ts';
import { defineCommand } from '../cli/options.ts';

const USAGE = `Usage: npm run build, or npm run pack

Bundles the services and the commands, and builds the journey page, into dist/: what the package and the image contain.
A checkout runs its TypeScript and needs none of it.

  --pack   makes the package waybill-<version>.tgz of it, as npm run pack does; npm pack alone builds nothing (.npmrc)
  --help   this text

Exit code 0: built. 1: not, and why.`;

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: { pack: { type: 'boolean' } },
  async run({ values }) {
    await build();
    if (!values.pack) return true;
    const [code] = await once(spawn('npm', ['pack'], { cwd: ROOT, stdio: 'inherit', shell: isWindows() }), 'close');
    return code === 0;
  },
});
