import { defineConfig } from 'vitest/config';

/** Tests in real virtual machines: `npm run test:vm`. Where none can run they are left out, and the reason is printed. */
export default defineConfig({
  test: {
    name: 'vm',
    include: ['test/vm/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 3,
    globalSetup: ['test/helpers/vm/global.ts'],
    testTimeout: 1_200_000,
    hookTimeout: 600_000,
  },
});
