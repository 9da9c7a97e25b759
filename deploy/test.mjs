#!/usr/bin/env node
// Runs the tests and closes with one plain line: `N passed, N failed` (and `, N skipped` when there are any).
// Usage: node deploy/test.mjs [arguments of vitest run]
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closingLine, readReport } from './lib/report.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const folder = mkdtempSync(join(tmpdir(), 'nodetide-test-'));
const report = join(folder, 'report.json');
const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)];
const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], {
  cwd: root,
  stdio: 'inherit',
});
// The runner gets the terminal's Ctrl-C itself; we only stay to print the line.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('close', code => {
  const counts = readReport(report, code ?? 1);
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = counts.failed > 0 ? 1 : 0;
  console.log(closingLine(counts));
});
