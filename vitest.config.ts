import { defineConfig } from 'vitest/config';

/**
 * `fast`: pure tests, many files to a process (a library loaded once serves all). `real`: tests with servers and
 * processes, each file in a process of its own; they mostly wait, and share the machine's cores with what they start.
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
      {
        test: {
          name: 'real',
          include: ['test/{integration,e2e,chaos}/**/*.test.ts'],
          pool: 'forks',
          maxWorkers: 3,
          globalSetup: ['test/helpers/redis-global.ts'],
          setupFiles: ['test/helpers/seed.ts', 'test/helpers/leaks.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
