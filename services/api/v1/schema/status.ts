import { z } from 'zod';
import { NODE_STATES, type NodeLeft } from '../../../../shared/domain/events.ts';
import type { Failure } from '../../../../shared/domain/failure.ts';
import type {
  ApprovalStatus,
  ClusterStatus,
  NodeStatus,
  RolloutStatus,
  StepStatus,
  WaitingStatus,
  WaveStatus,
} from '../../../../shared/domain/status.ts';
import { STEPS } from '../../../../shared/domain/steps.ts';
import { describes, maybeTimeMs, stepName, timeMs } from './common.ts';
import { approvalPlace } from './place.ts';

const account = z.array(z.string()).describe('What was found out, a line each; one that begins with $ is a command');
const warnings = z.array(z.string()).describe('What failed and was passed over, in order');
const startedAtMs = maybeTimeMs('When it began');
const endedAtMs = maybeTimeMs('When it ended');
const progress = z.enum(['pending', 'running', 'done']);

/** Why a step failed. */
export const failure = describes<Failure>()({
  code: z.string().describe('As in the list of failures'),
  message: z.string(),
  retryable: z.boolean().describe('Whether another attempt can help without a person'),
  seen: z.string().optional().describe('What shows it: exit code, last lines, answer of an API'),
  account: account.optional(),
  leftAs: z.string().optional().describe('The state the node was left in'),
  todo: z.string().optional().describe('What a person can do next'),
  retryAfterMs: z.number().optional(),
}).meta({ id: 'Failure' });

const step = describes<StepStatus>()({
  state: z.enum(['waiting', 'running', 'done', 'failed', 'skipped']),
  attempt: z.int(),
  startedAtMs,
  endedAtMs,
  note: z.string().describe('What was done, what it waits for, or why it was left out'),
  account,
  failure: failure.nullable(),
  proof: z.unknown().describe('What the step proved; its form depends on the step'),
  retryAtMs: maybeTimeMs('When the next attempt comes'),
}).meta({ id: 'StepStatus' });

const left = describes<NodeLeft>()({
  well: z.boolean().describe('Nothing of the work is left on it'),
  state: z.string().describe('What was done and the state it is in'),
  todo: z.string().describe('What a person should do; empty: nothing'),
})
  .nullable()
  .describe('How it was left when it was skipped or aborted; null: it was not, or nothing is known');

/** What every view of a node tells of it. */
export const nodeFields = {
  cluster: z.string(),
  node: z.string(),
  wave: z.int().describe('From 0'),
  sequence: z.int().nullable(),
  controlPlane: z.boolean(),
  state: z.enum(NODE_STATES),
  round: z.int().describe('0: not begun; each redo is a further round'),
  step: stepName.nullable().describe('The step it is in, or was in last'),
  reason: z.string().describe('Why it waits, failed or was left out; empty otherwise'),
  claimedAtMs: maybeTimeMs('When its round began'),
  endedAtMs: maybeTimeMs('When it ended'),
};

/** One node with its steps. */
export const nodeStatus = describes<NodeStatus>()({
  ...nodeFields,
  warnings,
  slot: z.string().nullable(),
  left,
  steps: z.object(Object.fromEntries(STEPS.map(each => [each, step]))),
}).meta({ id: 'NodeStatus' });

const waiting = z
  .array(
    describes<WaitingStatus>()({
      slot: z.string().describe('Empty: all of it'),
      sinceMs: timeMs('Since when'),
      reasons: z.array(z.string()),
    }),
  )
  .describe('What cannot go on, and why');

const wave = describes<WaveStatus>()({
  cluster: z.string(),
  index: z.int().describe('From 0'),
  name: z.string(),
  concurrency: z.int().describe('Most nodes away at once'),
  failureBudget: z.int().nullable().describe('Failures it bears; null: only those around it are asked'),
  state: progress,
  startedAtMs,
  endedAtMs,
  nodes: z.array(z.string()).describe('CLUSTER/NODE, in the order of the plan'),
  waiting,
  warnings,
}).meta({ id: 'WaveStatus' });

const cluster = describes<ClusterStatus>()({
  name: z.string(),
  stage: z.string(),
  failureBudget: z.int().nullable().describe('Failures it bears; null: only that of the rollout is asked'),
  state: progress,
  startedAtMs,
  endedAtMs,
  waves: z.array(wave),
  waiting,
  warnings,
}).meta({ id: 'ClusterStatus' });

const approval = describes<ApprovalStatus>()({
  place: approvalPlace,
  state: z.enum(['wanted', 'given', 'used']).describe('used: what it was given for has begun'),
  sinceMs: timeMs('Since when it is so'),
  by: z.string().describe('Who gave it; empty while it is wanted'),
  why: z.string(),
  expiresAtMs: z.int().nullable().describe('ms since 1970; null: it does not expire'),
}).meta({ id: 'Approval' });

/** Words of a person that were asked for. */
export const approvalList = z.object({ approvals: z.array(approval) });

/** How a rollout stands. */
export const rolloutStatus = describes<RolloutStatus>()({
  id: z.string(),
  fleet: z.string(),
  createdAtMs: timeMs('When it was made'),
  startedAtMs,
  endedAtMs,
  state: z.enum(['created', 'running', 'stopping', 'paused', 'aborting', 'waiting-on-person', 'done', 'aborted']),
  outcome: z.enum(['done', 'aborted']).nullable(),
  halt: z
    .object({ by: z.string(), why: z.string(), atMs: timeMs('When') })
    .nullable()
    .describe('Who paused, stopped or aborted it last; null: nobody, or it was resumed'),
  failureBudget: z.int().describe('Failures that are borne before no further node is taken'),
  clusters: z.array(cluster),
  nodes: z.record(z.string(), nodeStatus).optional().describe('By CLUSTER/NODE; left out with nodes=false'),
  approvals: z.array(approval),
  counts: z.record(z.enum(NODE_STATES), z.int()).describe('Nodes by state'),
  lastEventId: z.string().describe('The last event in it: follow the events after this one'),
}).meta({ id: 'RolloutStatus' });
