import { defineConfig } from 'vite';

/** The page is built into dist/services/ui, from where the API serves it. `vite dev` passes what is not the page on. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  publicDir: 'public',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/services/ui',
    emptyOutDir: true,
    // The content security policy lets no data: addresses in.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    target: 'es2022',
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': 'http://127.0.0.1:7070', '/queues': 'http://127.0.0.1:7070' },
  },
});
