import { defineConfig } from 'vitest/config';

/** Upgrades that are disturbed for long, with ever new seeds: `npm run test:soak`. */
export default defineConfig({
  test: {
    name: 'soak',
    include: ['test/soak/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    setupFiles: ['test/helpers/leaks.ts'],
    testTimeout: 600_000,
    hookTimeout: 60_000,
  },
});
