import { run } from '../../runtime/shutdown.ts';
import { readConfig } from './config.ts';
import { createRouters } from './server.ts';

await run(async () => {
  const router = createRouters(readConfig());
  await router.listen();
  return { drain: router.close };
});
