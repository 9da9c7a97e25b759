#!/usr/bin/env node
// Makes a checkout ready to run: dependencies and build, each only when missing or stale. Needs nothing but Node and npm.
// Usage: node deploy/prepare.mjs [--force-build]
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './lib/prepare.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../..');
try {
  await prepare(root, { forceBuild: process.argv.includes('--force-build'), say: line => console.error(line) });
} catch (error) {
  console.error(`prepare: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
