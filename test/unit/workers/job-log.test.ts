import type { Job } from 'bullmq';
import { expect, it } from 'vitest';
import { JobLog } from '../../../services/workers/job-log.ts';

/** A job that keeps what is written to it. */
function jobWith(progress: Job['progress'] = 0) {
  const rows: string[] = [];
  const told: unknown[] = [];
  const job = {
    progress,
    log: async (row: string) => rows.push(row),
    updateProgress: async (value: unknown) => void told.push(value),
  };
  return { job: job as unknown as Job, rows, told };
}

it('writes output and what is told of the step, each told line on its own', async () => {
  const { job, rows, told } = jobWith();
  const log = new JobLog(job);
  log.tell(10, 'attempt 1 of 3');
  log.write('Reading package lists...\u001b[1m 50%');
  log.tell(100, 'done: 5 packages changed');
  await log.flush();
  expect(rows).toEqual(['» attempt 1 of 3\nReading package lists... 50%\n» done: 5 packages changed']);
  expect(told).toEqual([{ progress: 100, now: 'done: 5 packages changed' }]);
});

it('does not repeat what an earlier visit told last', async () => {
  const { job, rows, told } = jobWith({ progress: 50, now: 'host is off' });
  const log = new JobLog(job);
  log.tell(10, 'attempt 1 of 3');
  log.tell(50, 'host is off');
  await log.flush();
  expect([rows, told]).toEqual([[], []]);
  log.tell(50, 'still up');
  await log.flush();
  expect([rows, told]).toEqual([['» still up'], [{ progress: 50, now: 'still up' }]]);
});

it('never fails a step', async () => {
  const job = {
    progress: 0,
    log: () => Promise.reject(new Error('away')),
    updateProgress: () => Promise.reject(new Error('away')),
  };
  const log = new JobLog(job as unknown as Job);
  log.tell(10, 'attempt 1 of 1');
  await expect(log.flush()).resolves.toBeUndefined();
});
