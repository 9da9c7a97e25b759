import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'nodetide-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const library = resolve(import.meta.dirname, '../../../deploy/lib/report.mjs');

/** The closing line for a report, worked out by the script's own library in a plain Node process. */
function lineFor(report: unknown, exitCode: number): string {
  const path = join(folder, 'report.json');
  writeFileSync(path, typeof report === 'string' ? report : JSON.stringify(report));
  const code = `import { closingLine, readReport } from ${JSON.stringify(library)};
    console.log(closingLine(readReport(${JSON.stringify(path)}, ${exitCode})));`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }).stdout.trim();
}

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map(test => ({ status: test })),
});

describe('the closing line of a test run', () => {
  it('counts passed, failed and skipped', () => {
    const report = { testResults: [file('passed', 'passed', 'pending'), file('failed', 'failed', 'passed')] };
    expect(lineFor(report, 1)).toBe('2 passed, 1 failed, 1 skipped');
  });

  it('leaves skipped out when there are none', () => {
    expect(lineFor({ testResults: [file('passed', 'passed')] }, 0)).toBe('1 passed, 0 failed');
  });

  it('counts a file that could not run as one failure', () => {
    expect(lineFor({ testResults: [file('passed', 'passed'), file('failed')] }, 1)).toBe('1 passed, 1 failed');
  });

  it('never says 0 failed when the runner ended badly', () => {
    expect(lineFor({ testResults: [file('passed', 'passed')] }, 1)).toBe('1 passed, 1 failed');
    expect(lineFor('{ half a rep', 1)).toBe('0 passed, 1 failed');
  });
});
