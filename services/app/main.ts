// Framework and site (Django's job), one worker: see README.md.

import { run } from '../../runtime/shutdown.ts';
import { readConfig } from './config.ts';
import { createApp } from './server.ts';

await run(async () => {
  const app = createApp(readConfig());
  await app.listen();
  return { drain: app.close };
});
