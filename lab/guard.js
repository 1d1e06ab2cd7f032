#!/usr/bin/env node
// Every command starts here, in plain JavaScript, which an old Node can read: checks Node, then imports the command.
// `node lab/guard.js fire static` runs lab/commands/fire.ts; in the package, where this file is `waybill`, its bundle below dist/.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import module from 'node:module';

const inCheckout = existsSync(new URL('commands', import.meta.url));
const needed = inCheckout ? '24' : '22.18';

if (isOlder(process.versions.node, needed)) {
  console.error(
    inCheckout
      ? `Waybill runs on Node ${needed}; this is ${process.version}.

\`npm ci\` brings one where npm runs on an older Node: run it again with this one, without --omit=optional.
Or install Node ${needed} (https://nodejs.org), or use Docker: docker compose up`
      : `Waybill needs Node ${needed} or later, and this is ${process.version}: install a newer one (https://nodejs.org).`,
  );
  process.exit(1);
}

// Requests between the parts of the lab are not sent to a proxy of the network (NODE_USE_ENV_PROXY).
for (const name of ['no_proxy', 'NO_PROXY']) {
  process.env[name] = [process.env.no_proxy ?? process.env.NO_PROXY, '127.0.0.1', 'localhost', '::1']
    .filter(Boolean)
    .join(',');
}
if (!inCheckout) {
  module.enableCompileCache(); // what V8 has compiled is kept for the next command
  process.setSourceMapsEnabled(true); // stack traces name the TypeScript
  process.removeAllListeners('warning'); // Node 22 calls SQLite and TypeScript experimental
}

const program = inCheckout ? '..' : '../dist';
const ending = inCheckout ? 'ts' : 'js';
const commands = readdirSync(new URL(`${program}/lab/commands`, import.meta.url)).flatMap(
  (file) => new RegExp(`^(\\w+)\\.${ending}$`).exec(file)?.[1] ?? [],
);
/** Deprecated names of commands, and the current ones; they work until 1.0. */
const FORMER = new Map([['ledger', 'breakdown']]);
const [typed, ...args] = withDefault(process.argv.slice(2));
const command = FORMER.get(typed) ?? typed;
if (command !== typed)
  console.error(`${inCheckout ? 'npm run ' : ''}${typed} is deprecated: use ${inCheckout ? 'npm run ' : ''}${command}`);
process.argv.splice(2, process.argv.length - 2, ...args);

if (command === '--version') {
  console.log(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version);
} else if (command === '--help') {
  console.log(`Usage: waybill [<command>] [<flags>]

Starts the whole lab (up), or runs a command beside it: ${commands.join(', ')}.
waybill <command> --help explains one; waybill --version prints the version.`);
} else if (commands.includes(command)) {
  const { main } = await import(`${program}/lab/commands/${command}.${ending}`);
  await main(args);
} else {
  const { didYouMean } = await import(`${program}/runtime/nearest.${ending}`);
  console.error(
    `There is no command "${command}".${didYouMean(`${command}`, commands)} The commands are ${commands.join(', ')}.`,
  );
  process.exit(1);
}

/** What `waybill` alone does, or with flags alone: it starts the lab. */
function withDefault(words) {
  const [first = ''] = words;
  if (inCheckout || ['--help', '-h', '--version'].includes(first))
    return [first.replace(/^-h$/, '--help'), ...words.slice(1)];
  return first === '' || first.startsWith('-') ? ['up', ...words] : words;
}

function isOlder(version, than) {
  const [major, minor] = version.split('.').map(Number);
  const [neededMajor, neededMinor = 0] = than.split('.').map(Number);
  return major < neededMajor || (major === neededMajor && minor < neededMinor);
}
