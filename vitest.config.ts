import { defineConfig } from 'vitest/config';

/** Tests with servers and processes; they mostly wait, and share the machine's cores with what they start. */
const REAL = {
  pool: 'forks',
  maxWorkers: 3,
  globalSetup: ['test/helpers/redis-global.ts'],
  setupFiles: ['test/helpers/seed.ts', 'test/helpers/leaks.ts'],
  testTimeout: 120_000,
  hookTimeout: 60_000,
  sequence: { groupOrder: 1 },
};

const HOSTS = ['test/integration/{hosts,simulator-hosts}/**/*.test.ts'];

/**
 * `fast`: pure tests, many files to a process (a library loaded once serves all). `real`: each file in a process of its
 * own, the long ones, so they begin first. `real-shared`: as `fast`, but after it and three at a time.
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
          setupFiles: ['test/helpers/seed.ts'],
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      { test: { ...REAL, name: 'real', include: ['test/{e2e,chaos}/**/*.test.ts', ...HOSTS] } },
      {
        test: {
          ...REAL,
          name: 'real-shared',
          include: ['test/integration/**/*.test.ts'],
          exclude: HOSTS,
          isolate: false,
        },
      },
    ],
  },
});
