// The embedded trace store: see README.md.

import { run } from '../../runtime/shutdown.ts';
import { readConfig } from './config.ts';
import { createStore } from './server.ts';

await run(async () => {
  const store = createStore(readConfig());
  await store.listen();
  return { drain: store.close };
});
