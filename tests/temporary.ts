// For a run of the tests: one folder that is the temporary folder of every test and of all that they start, keeps the code
// that they compile, and is gone with the run.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Vitest calls it before the first test, and what it returns after the last. */
export default function setUp(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-tests-'));
  chmodSync(folder, 0o711); // PostgreSQL runs as another user
  process.env.TMPDIR = folder;
  process.env.NODE_COMPILE_CACHE = join(folder, 'compiled');
  return () => rmSync(folder, { recursive: true, force: true });
}
