// For the pipeline: the site's own tests in a release.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['services/app/site/**/*.test.ts'], env: { WAYBILL_LOG_LEVEL: 'silent' } },
});
