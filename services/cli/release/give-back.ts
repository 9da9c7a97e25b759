import { restoreChange } from '../../../shared/domain/cordon.ts';
import { type NodeView, WORK_ANNOTATION } from '../../../shared/domain/facts.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { ClusterPolicy } from '../../../shared/domain/policy.ts';
import type { ClusterApi } from '../../../shared/ports/cluster.ts';
import type { Host } from '../../../shared/ports/host.ts';
import { giveNodeLease, nodeLeaseOf } from '../../common/node-lease.ts';
import type { MarkedNode } from './marks.ts';

/** Above every epoch of a worker: one of the rollout that wakes late is refused by the host from then on. */
const LAST_EPOCH = 2 ** 53 - 1;

/** What is needed to give a Node back. */
export interface Release {
  readonly api: ClusterApi;
  readonly policy: Pick<ClusterPolicy, 'nodeLease' | 'nodeEvents'>;
  readonly marked: MarkedNode;
  /** null: the host is left as it is. */
  readonly host: Host | null;
  /** Who releases it, for people. */
  readonly by: string;
}

/**
 * Takes away everything that the mark says is ours, the mark last: whoever is interrupted finds it there and does the rest.
 * StepErrors `host-busy`, `node-changed`, and those of host and cluster.
 */
export async function giveBack(release: Release, signal: AbortSignal): Promise<void> {
  const { api, policy, marked, host } = release;
  const { node, mark } = marked;
  // It was judged before a person was asked, who may have taken their time.
  const now = await api.getNode(node.name, signal);
  if (now) stillMarked(now, marked);
  if (host) await freeHost(host, marked, signal);
  const lease = nodeLeaseOf(api, policy, node, mark);
  if (lease) await giveNodeLease(lease, signal);
  await api.updateNode(node.name, seen => (stillMarked(seen, marked) ? restoreChange(seen, mark) : null), signal);
  if (!policy.nodeEvents) return;
  const message = `${release.by} took away what rollout ${mark.rollout} had left`;
  const event = {
    node: node.name,
    uid: node.uid,
    type: 'Normal',
    reason: 'Released',
    message,
    by: release.by,
  } as const;
  await api.postEvent(event, signal).catch(() => undefined);
}

/** Whether it still carries the mark; StepError `node-changed` when it carries another one. */
function stillMarked(seen: NodeView, { node }: MarkedNode): boolean {
  const mark = seen.annotations[WORK_ANNOTATION];
  if (mark === undefined || mark === node.annotations[WORK_ANNOTATION]) return mark !== undefined;
  throw fail('node-changed', { message: `${node.name} has got another mark since it was judged`, seen: mark });
}

async function freeHost(host: Host, { node, mark }: MarkedNode, signal: AbortSignal): Promise<void> {
  const { packageTransaction } = await host.facts(signal);
  if (packageTransaction !== null) {
    const message = `a package transaction runs on the host of ${node.name}`;
    throw fail('host-busy', { message, seen: packageTransaction });
  }
  const { installation, rollout, round } = mark;
  await host.disown({ installation, rollout, node: node.name, round, epoch: LAST_EPOCH }, signal);
}
