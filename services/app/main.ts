// Framework and site (Django's job), one worker: see README.md.

import { run } from '../../runtime/shutdown.ts';
import { readConfig } from './config.ts';
import { whileStarting } from './worker/starting.ts';

await run(async () => {
  const config = readConfig();
  const app = await whileStarting({ ...config, release: config.site.release }, async () => {
    const { createApp } = await import('./server.ts');
    return createApp(config);
  });
  await app.listen();
  return { drain: app.close };
});
