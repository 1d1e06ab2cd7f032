import { run } from '../../runtime/shutdown.ts';
import { readConfig } from './config.ts';
import { createRouter } from './server.ts';

await run(async () => {
  const router = createRouter(readConfig(process.env));
  await router.listen();
  return { drain: router.close };
});
