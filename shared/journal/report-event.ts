import type { EventBody } from '../domain/events.ts';
import type { StepRef, StepReport } from '../ports/engine-store.ts';

/** The event that tells of a step's report; null: none is told. */
export function reportEvent(ref: StepRef, report: StepReport): EventBody | null {
  switch (report.outcome) {
    case 'check':
    case 'failing':
      return null;
    case 'memory':
      return report.told ? { type: 'drain-escalated', ...ref, ...report.told } : null;
    case 'hooks':
      return report.told ?? null;
    case 'waiting': {
      const { reason, account } = report;
      return { type: 'step-waiting', ...ref, reason, held: false, ...(account ? { account } : {}) };
    }
    case 'held':
      return { type: 'step-waiting', ...ref, reason: report.reason, held: true };
    case 'attempt-failed':
      return {
        type: 'attempt-failed',
        ...ref,
        attempt: report.attempt,
        failure: report.failure,
        retryInMs: report.retryInMs,
      };
    case 'failed':
      return { type: 'step-failed', ...ref, attempt: report.attempt, failure: report.failure };
    case 'done':
      return { type: 'step-done', ...ref, proof: report.proof, note: report.note };
    case 'skipped': {
      const { reason, left } = report;
      return { type: 'step-skipped', ...ref, reason, ...(left ? { left } : {}) };
    }
  }
}
