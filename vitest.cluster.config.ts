import { defineConfig } from 'vitest/config';

/** Tests on the cluster that KUBECONFIG names: `npm run test:cluster`. They share its nodes, so one file after another. */
export default defineConfig({
  test: {
    name: 'cluster',
    include: ['test/cluster/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 180_000,
  },
});
