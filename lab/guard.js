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

// What the parts of the lab say to each other does not go by way of a proxy outside (NODE_USE_ENV_PROXY).
for (const name of ['no_proxy', 'NO_PROXY']) {
  process.env[name] = [process.env.no_proxy ?? process.env.NO_PROXY, '127.0.0.1', 'localhost', '::1']
    .filter(Boolean)
    .join(',');
}

const [command] = process.argv.splice(2, 1);
const { main } = await import(`./commands/${command}.ts`);
await main(process.argv.slice(2));
