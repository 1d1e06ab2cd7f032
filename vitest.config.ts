import { defineConfig } from 'vitest/config';

/** When a test is given up, in ms: it waits for conditions, on a machine of any speed. */
const GIVEN_UP = 120_000;

export default defineConfig({
  test: {
    include: ['{otel,runtime,traces,scenarios,services,lab,deploy,dashboards,bench,tests}/**/*.test.ts'],
    globalSetup: './tests/temporary.ts',
    setupFiles: './tests/patience.ts',
    env: { WAYBILL_LOG_LEVEL: 'silent' }, // a test that reads a log sets its own
    maxWorkers: 2, // most of a test of a whole lab is waiting: two at a time take 8 minutes, one after another 13
    testTimeout: GIVEN_UP,
    hookTimeout: GIVEN_UP,
    expect: { poll: { timeout: GIVEN_UP, interval: 20 } },
    reporters: ['default', './tests/closing-line.ts'],
  },
});
