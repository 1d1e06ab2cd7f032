// The DNS service: see README.md.

import { run } from '../../runtime/shutdown.ts';
import { readConfig } from './config.ts';
import { createDns } from './server.ts';

await run(async () => {
  const dns = createDns(readConfig());
  await dns.listen();
  return { drain: dns.close, reload: dns.reload };
});
