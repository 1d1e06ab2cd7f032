// Every command starts here, in plain JavaScript, which an old Node can read: checks Node, then imports the command's TypeScript.
// `node lab/guard.js fire static` runs lab/commands/fire.ts.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const [major] = process.versions.node.split('.');

if (Number(major) < NEEDED) {
  console.error(`Waybill runs on Node ${NEEDED}; this is ${process.version}.

On Linux (x64, arm64) \`npm ci\` brings its own: run it again without --omit=optional.
Elsewhere install Node ${NEEDED} (https://nodejs.org), or use Docker: docker compose up`);
  process.exit(1);
}

// Requests between the parts of the lab are not sent to a proxy of the network (NODE_USE_ENV_PROXY).
for (const name of ['no_proxy', 'NO_PROXY']) {
  process.env[name] = [process.env.no_proxy ?? process.env.NO_PROXY, '127.0.0.1', 'localhost', '::1']
    .filter(Boolean)
    .join(',');
}

/** Deprecated names of commands, and the current ones; they work until 1.0. */
const FORMER = new Map([['ledger', 'breakdown']]);

const [typed] = process.argv.splice(2, 1);
const command = FORMER.get(typed) ?? typed;
if (command !== typed) console.error(`npm run ${typed} is deprecated: use npm run ${command}`);
const files = readdirSync(fileURLToPath(new URL('commands', import.meta.url)));
const commands = files.flatMap((file) => /^(\w+)\.ts$/.exec(file)?.[1] ?? []);
if (!commands.includes(command)) {
  const { didYouMean } = await import('../runtime/nearest.ts');
  console.error(
    `There is no command "${command}".${didYouMean(`${command}`, commands)} The commands are ${commands.join(', ')}.`,
  );
  process.exit(1);
}
const { main } = await import(`./commands/${command}.ts`);
await main(process.argv.slice(2));
