import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{otel,runtime,traces,scenarios,services,lab,dashboards,bench,tests}/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    reporters: ['default', './tests/closing-line.ts'],
  },
});
