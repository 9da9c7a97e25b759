import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/helpers/longest-first.ts';

/** Tests with servers and processes; they mostly wait, and share the machine's cores with what they start. */
const REAL = {
  pool: 'forks',
  isolate: false,
  globalSetup: ['test/helpers/redis-global.ts'],
  setupFiles: ['test/helpers/seed.ts', 'test/helpers/leaks.ts'],
  // Only ends what hangs: whole rollouts on a busy machine take some minutes.
  testTimeout: 600_000,
  hookTimeout: 300_000,
};

/**
 * `fast`: pure tests; `real`: with servers and processes. Many files to a process: a library loaded once serves all. All
 * together, more at a time than there are cores; the longest first, so that no core is idle at the end.
 */
export default defineConfig({
  test: {
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    // What is polled for comes when it comes: a busy machine takes longer than the second of the default.
    expect: { poll: { timeout: 60_000 } },
    projects: [
      {
        extends: true,
        test: { ...REAL, name: 'real', include: ['test/{e2e,chaos,integration}/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/unit/**/*.test.ts'],
          pool: 'forks',
          isolate: false,
          setupFiles: ['test/helpers/seed.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
