// Framework and site (Django's job), one worker: see README.md.

import { run } from '../../runtime/shutdown.ts';
import { readConfig } from './config.ts';
import { announceStart } from './worker/starting.ts';

await run(async () => {
  const config = readConfig(process.env);
  const free = await announceStart({ ...config, release: config.site.release });
  const { createApp } = await import('./server.ts');
  const app = await createApp(config);
  await free();
  await app.listen();
  return { drain: app.close };
});
