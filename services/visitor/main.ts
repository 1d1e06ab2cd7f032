// The browser of the lab, and the computer that it runs on: see README.md.

import { run } from '../../runtime/shutdown.ts';
import { readConfig } from './config.ts';
import { createVisitor } from './server.ts';

await run(async () => {
  const visitor = createVisitor(readConfig());
  await visitor.listen();
  return { drain: visitor.close };
});
