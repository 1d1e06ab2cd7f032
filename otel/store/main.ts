// The embedded trace store: see README.md.

import { setFlagsFromString } from 'node:v8';
import { run } from '../shutdown.ts';
import { readConfig } from './config.ts';
import { createStore } from './server.ts';

// The heap grows in small steps: what an export needs is garbage a moment later. Saves 30 MB, costs a few percent of speed.
setFlagsFromString('--optimize-for-size');

await run(async () => {
  const store = createStore(readConfig(process.env));
  await store.listen();
  return { drain: store.close };
});
