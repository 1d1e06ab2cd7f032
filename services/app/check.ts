// Reads the site as a worker does, and says what is wrong with it: asked before workers are replaced by new ones.

import { join } from 'node:path';
import { withPlace } from '../../runtime/wrong-line.ts';

try {
  await import('./server.ts');
} catch (error) {
  console.error(withPlace(error, join(import.meta.dirname, 'site')));
  process.exit(1);
}
