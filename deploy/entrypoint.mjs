#!/usr/bin/env node
// The container's entry point: secrets that come as files become what the program reads, then the program runs here.
import { readSecrets } from './lib/secrets.mjs';

try {
  readSecrets(process.env);
} catch (error) {
  console.error(`nodetide: ${error.message}`);
  process.exit(4);
}
await import('../dist/services/cli/main.js');
