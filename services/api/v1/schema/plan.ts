import { z } from 'zod';
import { stepName, timeMs } from './common.ts';

const settings = (what: string) => z.looseObject({}).describe(`${what}, as the fleet file was understood`);

const plannedStep = z.looseObject({
  step: stepName,
  skip: z.string().optional().describe('Why it will not be done; missing: it will'),
});

const node = z
  .looseObject({
    name: z.string(),
    cluster: z.string(),
    sequence: z.int().nullable(),
    roles: z.array(z.string()),
    controlPlane: z.boolean(),
    kubernetes: z.object({ uid: z.string() }).nullable(),
    host: z.object({ address: z.string(), port: z.int(), profile: z.string().describe('One of profiles') }),
    policy: z.string().describe('One of policies'),
    steps: z.array(plannedStep),
  })
  .meta({ id: 'PlanNode' });

const wave = z
  .looseObject({
    index: z.int().describe('From 0'),
    name: z.string(),
    sequences: z.array(z.int()),
    concurrency: z.int().describe('Most nodes away at once'),
    failureBudget: z.int().optional().describe('Failures it bears'),
    nodes: z.array(node),
  })
  .meta({ id: 'PlanWave' });

const cluster = z
  .looseObject({
    name: z.string(),
    kubernetes: settings('How its API is reached').nullable(),
    policy: settings('Its limits'),
    labels: settings('Labels of sequence and roles'),
    size: z.int().describe('Nodes of the whole cluster when the plan was made'),
    failureBudget: z.int().optional().describe('Failures it bears'),
    waves: z.array(wave),
    leftOut: z.array(z.looseObject({ node: z.string(), reason: z.string() })),
  })
  .meta({ id: 'PlanCluster' });

/** The frozen plan of a rollout. */
export const planSchema = z
  .looseObject({
    version: z.literal(1),
    fleet: z.string(),
    createdAtMs: timeMs('When it was made'),
    failureBudget: z.int(),
    profiles: z.record(z.string(), settings('How hosts are reached')),
    policies: z.record(z.string(), settings('How nodes are treated')),
    stages: z.array(
      z.looseObject({ name: z.string(), clusters: z.array(cluster).describe('These may go at the same time') }),
    ),
  })
  .meta({ id: 'Plan', description: 'What was to be done, frozen when the rollout was made' });
