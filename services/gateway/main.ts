// The app-server gateway (gunicorn's job): see README.md.

import { run } from '../../runtime/shutdown.ts';
import { readConfig } from './config.ts';
import { createGateway } from './server.ts';

await run(async () => {
  const gateway = createGateway(readConfig());
  await gateway.listen();
  return { drain: gateway.close };
});
