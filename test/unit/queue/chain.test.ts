import type { FlowJob } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { stepProcessor } from '../../../services/workers/run-step.ts';
import { STEPS } from '../../../shared/domain/steps.ts';
import { chainFlow } from '../../../shared/queue/chain.ts';
import { TREE_QUEUES } from '../../../shared/queue/names.ts';
import { TREE_JOB_OPTIONS, workerSettings } from '../../../shared/queue/options.ts';
import { tinyPolicy } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';

const data = { rollout: 'r1', cluster: 'a', wave: 0, node: 'n1.example.org', round: 2 };

function levels(flow: FlowJob): FlowJob[] {
  const [child] = flow.children ?? [];
  return [flow, ...(child ? levels(child) : [])];
}

describe('the flow of a chain', () => {
  const jobs = levels(chainFlow('p', data, 'r1_a_w0_s1', tinyPolicy({ attempts: 4 })));

  it('is one line: uncordon waits for verify, and so on down to drain', () => {
    expect(jobs.map(job => job.queueName)).toEqual([...STEPS].reverse());
    expect(jobs.every(job => (job.children ?? []).length <= 1)).toBe(true);
  });

  it('makes the whole tree as deep as Bull Board shows, no deeper', () => {
    expect(TREE_QUEUES.length + jobs.length).toBe(10);
  });

  it('hangs under its slot, with ids that BullMQ takes and that name node, round and step', () => {
    expect(jobs[0]?.opts?.parent).toEqual({ id: 'r1_a_w0_s1', queue: 'p:slot' });
    for (const job of jobs) {
      expect(job.opts?.jobId).toBe(`r1_a_n1.example.org_r2_${job.queueName}`);
      expect(job.opts?.jobId).not.toContain(':');
      expect(job.name).toContain('n1.example.org');
    }
  });

  it('has no option that lets anything run on after a failure, and is never removed by itself', () => {
    const options = [
      'failParentOnFailure',
      'ignoreDependencyOnFailure',
      'removeDependencyOnFailure',
      'continueParentOnFailure',
    ];
    for (const job of jobs) {
      for (const option of options) expect(job.opts).not.toHaveProperty(option);
      expect(job.opts).toMatchObject({ attempts: 4, removeOnComplete: false, removeOnFail: false });
    }
  });
});

describe('settings of workers and tree jobs', () => {
  it('bring a dead worker back soon and never fail a job for having stalled', () => {
    for (const { lockDuration, stalledInterval } of [workerSettings(), workerSettings(1_000)])
      expect(lockDuration).toBeGreaterThan(2 * stalledInterval);
    expect(workerSettings().maxStalledCount).toBeGreaterThan(100_000);
    expect(TREE_JOB_OPTIONS).toMatchObject({ removeOnComplete: false, removeOnFail: false });
    expect(TREE_JOB_OPTIONS.attempts).toBeGreaterThan(100_000);
  });

  it('step processors take three parameters: else BullMQ gives no signal', () => {
    for (const step of new ScriptedSteps().steps()) expect(stepProcessor({} as never, step)).toHaveLength(3);
  });
});
