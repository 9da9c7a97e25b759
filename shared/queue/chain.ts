import type { FlowJob } from 'bullmq';
import { stepJobId } from '../domain/names.ts';
import type { NodePolicy } from '../domain/policy.ts';
import { STEPS, type StepName } from '../domain/steps.ts';
import type { StepJob } from './names.ts';
import { stepJobOptions } from './options.ts';

/** The key BullMQ knows a queue by. */
export function qualifiedName(prefix: string, queue: string): string {
  return `${prefix}:${queue}`;
}

/**
 * The flow of one node's round: uncordon ← verify ← reboot ← check-reboot ← upgrade ← drain, under its slot. Adding it
 * again adds only what is missing.
 */
export function chainFlow(prefix: string, data: StepJob, slot: string, policy: NodePolicy): FlowJob {
  const { rollout, cluster, node, round } = data;
  const job = (step: StepName, children: FlowJob[]): FlowJob => ({
    name: `${node} ${step}`,
    queueName: step,
    prefix,
    data,
    opts: { ...stepJobOptions(policy.limits[step]), jobId: stepJobId(rollout, cluster, node, round, step) },
    children,
  });
  let flow: FlowJob | null = null;
  for (const step of STEPS) flow = job(step, flow ? [flow] : []);
  if (!flow) throw new Error('a chain has steps');
  const parent = { id: slot, queue: qualifiedName(prefix, 'slot') };
  return { ...flow, opts: { ...flow.opts, parent } };
}
