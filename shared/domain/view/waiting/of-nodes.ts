import { stepWaitKinds, type WaitReason } from '../../metrics/wait-reason.ts';
import type { NodeStatus, RolloutStatus } from '../../status.ts';
import type { StepName } from '../../steps.ts';
import { nodeActs } from '../node-acts.ts';
import type { WaitingItem } from '../waiting.ts';

/** Lines of an account at most. */
const ACCOUNT_LINES = 8;

/** What does not end by the step's own work, beside what was looked into; all else a step waits for is a part of its work. */
const STUCK: ReadonlySet<WaitReason> = new Set([
  'window',
  'gate',
  'failure-budget',
  'ownership',
  'cluster-unreachable',
  'disruption-budget',
]);
/** The same, in words of their own. */
const STUCK_TEXT = /^others change packages|^waiting for the API server|budgets (have )?refuse/;

/** What waits because of one node; null: nothing does. `gates`: names of its cluster's gates. */
export function waitingNode(status: RolloutStatus, node: NodeStatus, gates: ReadonlySet<string>): WaitingItem | null {
  if (node.state === 'failed' && node.step !== null) return failedItem(status, node, node.step);
  if (node.state === 'pending' && node.reason !== '') return heldItem(status, node);
  if (node.state === 'claimed' && node.step !== null) return blockedItem(status, node, node.step, gates);
  return null;
}

function failedItem(status: RolloutStatus, node: NodeStatus, step: StepName): WaitingItem {
  const { id, fleet, startedAtMs, createdAtMs, clusters, state } = status;
  const { endedAtMs, attempt, failure: known } = node.steps[step];
  const failure = known ?? { code: 'unexpected', message: node.reason, retryable: true };
  const of = { cluster: node.cluster, node: node.node };
  const wave = clusters.find(({ name }) => name === node.cluster)?.waves[node.wave];
  const tried = attempt > 1 ? [`tried ${attempt} times`] : [];
  const left = failure.leftAs === undefined ? [] : [`left: ${failure.leftAs}`];
  return {
    kind: 'failed',
    rollout: id,
    fleet,
    sinceMs: endedAtMs ?? node.claimedAtMs ?? startedAtMs ?? createdAtMs,
    title: `${node.cluster}/${node.node} failed in ${step}`,
    reasons: [failure.message, ...tried, ...left],
    needs: failure.todo ?? 'Look at what failed; then retry it, or skip the node',
    acts: nodeActs(node, wave?.state ?? 'pending', state),
    ...of,
    step,
    failure,
  };
}

function heldItem({ id, fleet, clusters, createdAtMs }: RolloutStatus, node: NodeStatus): WaitingItem {
  const of = { cluster: node.cluster, node: node.node };
  const cluster = clusters.find(({ name }) => name === node.cluster);
  return {
    kind: 'held',
    rollout: id,
    fleet,
    // It was looked at first when its wave began.
    sinceMs: cluster?.waves[node.wave]?.startedAtMs ?? cluster?.startedAtMs ?? createdAtMs,
    title: `${node.cluster}/${node.node} is kept back`,
    reasons: [node.reason],
    needs: 'Set right what keeps it back, and it goes on by itself; or leave the node out',
    acts: [{ kind: 'exclude', ...of }],
    ...of,
  };
}

function blockedItem(
  status: RolloutStatus,
  node: NodeStatus,
  step: StepName,
  gates: ReadonlySet<string>,
): WaitingItem | null {
  const { state, account, startedAtMs } = node.steps[step];
  const stuck = state !== 'done' && (account.length > 0 || isStuck(step, node.reason, gates));
  if (!stuck || node.reason === '') return null;
  const of = { cluster: node.cluster, node: node.node };
  const byBudget = node.reason.startsWith('failure budget spent');
  return {
    kind: 'blocked-step',
    rollout: status.id,
    fleet: status.fleet,
    sinceMs: startedAtMs ?? node.claimedAtMs ?? status.createdAtMs,
    title: `${node.cluster}/${node.node} cannot go on in ${step}`,
    reasons: [node.reason, ...account.slice(0, ACCOUNT_LINES)],
    needs: byBudget
      ? 'Retry or skip what failed, or raise the failure budget'
      : 'It looks again by itself and goes on once nothing is in its way; or skip the node',
    acts: byBudget ? [{ kind: 'retry-all' }, { kind: 'skip', ...of }] : [{ kind: 'skip', ...of }],
    ...of,
    step,
  };
}

function isStuck(step: StepName, reason: string, gates: ReadonlySet<string>): boolean {
  return STUCK_TEXT.test(reason) || stepWaitKinds(step, reason, gates).some(kind => STUCK.has(kind.reason));
}
