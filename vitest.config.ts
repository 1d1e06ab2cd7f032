import { defineConfig } from 'vitest/config';

/** When a test is given up, in ms: it waits for conditions, on a machine of any speed. */
const GIVEN_UP = 300_000;
const SOURCES = '{otel,runtime,traces,scenarios,services,lab,deploy,dashboards,bench}/**';
const SLOW = '**/*.slow.test.ts';
/** They set what a process has once. */
const ALONE = 'services/{gateway,proxy}/metrics.test.ts';
const CONTAINERS = 'tests/containers/*.test.ts';
/** They only send requests and read: all that run in the same process share one lab (tests/shared-lab.ts). */
const SHARING = [
  'tests/{commands,compare,doctor,entries,guard,https,inherited-names,journeys,span-attributes}.test.ts',
  'tests/browser/{demo,views}.test.ts',
];

// Projects run one after another, in the order of their names. `npm test` runs all but slow and containers (lab/commands/test.ts).
export default defineConfig({
  test: {
    globalSetup: './tests/temporary.ts',
    maxWorkers: 3, // most of a test of a whole lab is waiting
    reporters: ['default', './tests/closing-line.ts'],
    projects: [
      project('containers', {
        include: [CONTAINERS],
        globalSetup: './tests/containers/image.ts',
        fileParallelism: false,
      }), // one engine
      project('lab', { include: ['tests/**/*.test.ts', ALONE], exclude: [...SHARING, CONTAINERS, SLOW] }),
      project('shared-lab', { include: SHARING, isolate: false }),
      project('slow', { include: [SLOW] }),
      project('units', { include: [`${SOURCES}/*.test.ts`], exclude: [SLOW, ALONE], isolate: false }),
    ],
  },
});

type Files = {
  include: string[];
  exclude?: string[];
  isolate?: boolean;
  globalSetup?: string;
  fileParallelism?: false;
};

function project(name: string, files: Files) {
  return {
    extends: true as const,
    test: {
      name,
      ...files,
      setupFiles: './tests/patience.ts',
      // A test that reads a log sets its own level. The warm-up is for those who look at times; a slow machine replaces workers slowly.
      env: { WAYBILL_LOG_LEVEL: 'silent', WAYBILL_WARM_UP: '0', WAYBILL_QUEUE_WAIT: '60000' },
      testTimeout: GIVEN_UP,
      hookTimeout: GIVEN_UP,
      expect: { poll: { timeout: GIVEN_UP, interval: 20 } },
    },
  };
}
