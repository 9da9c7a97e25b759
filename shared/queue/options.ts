import type { JobsOptions, WorkerOptions } from 'bullmq';
import type { StepLimits } from '../domain/policy.ts';

/**
 * Settings every worker shares. A lock of 15 s and a look every 5 s bring a dead worker's job back within 20 s. A
 * stalled job is always run again, never failed by count: what it does is fenced and safe to repeat.
 */
export const WORKER_SETTINGS = {
  lockDuration: 15_000,
  stalledInterval: 5_000,
  maxStalledCount: 1_000_000,
  drainDelay: 5,
} as const satisfies Partial<WorkerOptions>;

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
