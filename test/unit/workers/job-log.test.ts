import type { Job } from 'bullmq';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JobLog } from '../../../services/workers/job-log.ts';
import { stepJobOptions } from '../../../shared/queue/options.ts';

const LIMITS = { timeoutMs: 1, attempts: 1, backoffMs: 1, backoffMaxMs: 1 };

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

it('writes rows of whole lines, none longer than the most, and cuts no character', async () => {
  const { job, rows } = jobWith();
  const log = new JobLog(job);
  const lines = Array.from({ length: 300 }, (_, number) => `${number} ${'ä🙂'.repeat(number % 40)}`);
  const long = `x${'🙂'.repeat(3_000)}`;
  for (const piece of [...lines, long].join('\n').match(/.{1,7}/gsu) ?? []) log.write(piece);
  await log.flush();
  expect(rows.every(row => row.length <= 4_000 && Buffer.from(row).toString() === row)).toBe(true);
  const whole = rows.slice(0, -2);
  expect([...whole, rows.slice(-2).join('')].join('\n')).toBe([...lines, long].join('\n'));
});

describe('over time', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('keeps a line together that comes in pieces, and shows one that does not end', async () => {
    const { job, rows } = jobWith();
    const log = new JobLog(job);
    log.write('Unpacking one\nSetting up o');
    await vi.advanceTimersByTimeAsync(300);
    expect(rows).toEqual(['Unpacking one']);
    log.write('ne\nContinue? [y/N] ');
    await vi.advanceTimersByTimeAsync(300);
    expect(rows.slice(1)).toEqual(['Setting up one']);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(rows.slice(2)).toEqual(['Continue? [y/N] ']);
  });

  it('says an hour of steady output in fewer rows than are kept', async () => {
    const { job, rows } = jobWith();
    const log = new JobLog(job);
    for (let second = 0; second < 3_600; second += 1) {
      log.write(`line ${second}\n`);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    await log.flush();
    expect(rows.length).toBeLessThan(stepJobOptions(LIMITS).keepLogs ?? 0);
    expect(rows.join('\n').split('\n')).toHaveLength(3_600);
  });
});

it('gives later what Redis did not take, in order', async () => {
  const { job, rows } = jobWith();
  const add = job.log;
  job.log = () => Promise.reject(new Error('away'));
  const log = new JobLog(job);
  log.write('one\n');
  await log.flush();
  job.log = add;
  log.write('two\n');
  await log.flush();
  expect(rows).toEqual(['one', 'two']);
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
