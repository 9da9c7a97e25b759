import type { JobsOptions, WorkerOptions } from 'bullmq';
import type { StepLimits } from '../domain/policy.ts';

const JOB_LOCK_MS = 15_000;

/**
 * Settings every worker shares. `jobLockMs`: how long a job stays with a worker that says nothing; looked for three
 * times as often, so the default of 15 s brings a dead worker's job back within 20 s. A stalled job is always run again,
 * never failed by count: what it does is fenced and safe to repeat.
 */
export function workerSettings(jobLockMs = JOB_LOCK_MS) {
  return {
    lockDuration: jobLockMs,
    stalledInterval: Math.ceil(jobLockMs / 3),
    maxStalledCount: 1_000_000,
    drainDelay: 5,
  } as const satisfies Partial<WorkerOptions>;
}

const LOG_LINES_KEPT = 2_000;

/** Tree jobs may fail and come again practically without end: they only watch over others. Never removed by themselves. */
export const TREE_JOB_OPTIONS: JobsOptions = {
  attempts: 1_000_000,
  backoff: { type: 'fixed', delay: 1_000 },
  removeOnComplete: false,
  removeOnFail: false,
  stackTraceLimit: 3,
};

/**
 * Options of a step's job. No failure option: a failed step leaves its parents waiting, and a retry resumes there.
 * `custom`: the delay comes with the error, see the worker's backoff strategy.
 */
export function stepJobOptions(limits: StepLimits): JobsOptions {
  return {
    attempts: limits.attempts,
    backoff: { type: 'custom' },
    removeOnComplete: false,
    removeOnFail: false,
    keepLogs: LOG_LINES_KEPT,
    stackTraceLimit: 3,
  };
}
