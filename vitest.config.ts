import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/helpers/longest-first.ts';

/** Tests with servers and processes; they mostly wait, and share the machine's cores with what they start. */
const REAL = {
  pool: 'forks',
  globalSetup: ['test/helpers/redis-global.ts'],
  setupFiles: ['test/helpers/seed.ts', 'test/helpers/leaks.ts'],
  testTimeout: 120_000,
  hookTimeout: 60_000,
};

const HOSTS = ['test/integration/{hosts,simulator-hosts}/**/*.test.ts'];

/**
 * `fast`: pure tests, many files to a process (a library loaded once serves all). `real`: each file in a process of its
 * own. `real-shared`: with servers, many files to a process. All together, more at a time than there are cores; the
 * longest first, so that no core is idle at the end.
 */
export default defineConfig({
  test: {
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: { ...REAL, name: 'real', include: ['test/{e2e,chaos}/**/*.test.ts', ...HOSTS] },
      },
      {
        extends: true,
        test: {
          ...REAL,
          name: 'real-shared',
          include: ['test/integration/**/*.test.ts'],
          exclude: HOSTS,
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/unit/**/*.test.ts'],
          pool: 'forks',
          isolate: false,
          setupFiles: ['test/helpers/seed.ts'],
          testTimeout: 20_000,
        },
      },
    ],
  },
});
