import { readFileSync } from 'node:fs';

/**
 * Counts of a vitest JSON report. A file that could not run counts as one failed test, and so does a run that ended
 * badly without saying which test did (no report, an unhandled error): the line never says 0 failed after a failure.
 */
export function readReport(path, exitCode) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const tests = report.testResults.flatMap(file => file.assertionResults);
  const count = (...statuses) => tests.filter(test => statuses.includes(test.status)).length;
  const broken = report.testResults.filter(
    file => file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed'),
  ).length;
  const failed = count('failed') + broken;
  return {
    passed: count('passed'),
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: count('pending', 'skipped', 'todo', 'disabled'),
  };
}

/** The last line of a test run. */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
