import { join, resolve } from 'node:path';
import { defineConfig } from 'vite';

const folder = resolve(import.meta.dirname, '../dist/shared/kubernetes');

/** Puts client-node into the one compiled file that imports it. */
export default defineConfig({
  publicDir: false,
  ssr: { noExternal: true },
  build: {
    ssr: join(folder, 'client.js'),
    outDir: folder,
    emptyOutDir: false,
    target: 'node20',
    minify: false,
    sourcemap: false,
    rolldownOptions: { output: { entryFileNames: 'client.js' } },
  },
});
