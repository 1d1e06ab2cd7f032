// The reverse proxy (nginx's job): see README.md.

import { run } from '../../runtime/shutdown.ts';
import { readConfig } from './config.ts';
import { createProxy } from './server.ts';

await run(async () => {
  const proxy = await createProxy(readConfig());
  await proxy.listen();
  return { drain: proxy.close, reload: proxy.reload };
});
