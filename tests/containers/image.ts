// For a run of the container tests: the tag of their image, which is removed with the run. The first file builds it.

import { execFileSync } from 'node:child_process';

/** Vitest calls it before the first test, and what it returns after the last. */
export default function setUp(): () => void {
  const image = `waybill-test-${process.pid}`;
  process.env.WAYBILL_IMAGE = image;
  return () => {
    try {
      execFileSync('docker', ['image', 'rm', image], { stdio: 'pipe' });
    } catch {
      // No engine, or no test has built it.
    }
  };
}
