import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{otel,runtime,traces,scenarios,services,lab,deploy,dashboards,bench,tests}/**/*.test.ts'],
    globalSetup: './tests/temporary.ts',
    env: { WAYBILL_LOG_LEVEL: 'silent' }, // a test that reads a log sets its own
    maxWorkers: 2, // most of a test of a whole lab is waiting: two at a time take 8 minutes, one after another 13
    retry: process.env.CI ? 1 : 0, // who was late beside another lab is tried again, and named (tests/closing-line.ts)
    testTimeout: 20_000,
    hookTimeout: 30_000,
    reporters: ['default', './tests/closing-line.ts'],
  },
});
