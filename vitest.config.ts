import { defineConfig } from 'vitest/config';

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
 * own; they wait the most, so more of them run at a time than there are cores. `real-shared`: with servers, many files to
 * a process. One after another.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/unit/**/*.test.ts'],
          pool: 'forks',
          isolate: false,
          maxWorkers: 2,
          setupFiles: ['test/helpers/seed.ts'],
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...REAL,
          name: 'real',
          include: ['test/{e2e,chaos}/**/*.test.ts', ...HOSTS],
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...REAL,
          name: 'real-shared',
          include: ['test/integration/**/*.test.ts'],
          exclude: HOSTS,
          isolate: false,
          maxWorkers: 4,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
