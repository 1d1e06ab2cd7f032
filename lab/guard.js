// Every command starts here, in plain JavaScript, so that an old Node can still read it: checks Node, then imports the
// command's TypeScript. `node lab/guard.js fire static` runs lab/commands/fire.ts.

const NEEDED = 24;
const [major] = process.versions.node.split('.');

if (Number(major) < NEEDED) {
  console.error(`Waybill runs on Node ${NEEDED}; this is ${process.version}.

On Linux (x64, arm64) \`npm ci\` brings its own: run it again without --omit=optional.
Elsewhere install Node ${NEEDED} (https://nodejs.org), or use Docker: docker compose up`);
  process.exit(1);
}

const [command] = process.argv.splice(2, 1);
const { main } = await import(`./commands/${command}.ts`);
await main(process.argv.slice(2));
