import type { RolloutEvent } from '../events.ts';
import { nodeKey } from '../names.ts';
import { resolveAmount } from '../policy.ts';
import {
  awayOf,
  budgetSpent,
  busyIn,
  isSettled,
  type Ledger,
  type LedgerCluster,
  type LedgerNode,
  leftBefore,
  leftBeforeStage,
} from './ledger.ts';
import type { Finding } from './rules.ts';

type Claim = Extract<RolloutEvent, { type: 'node-claimed' }>;
type Release = Extract<RolloutEvent, { type: 'slot-released' }>;

/** A claim against the ledger before it. */
export function checkClaimed(ledger: Ledger, node: LedgerNode, event: Claim): Finding[] {
  const found: Finding[] = [];
  if (node.state !== 'pending') found.push(['known-once', `${node.key} is claimed although it is ${node.state}`]);
  if (event.round !== node.round + 1) {
    found.push(['known-once', `${node.key} goes from round ${node.round} to ${event.round}`]);
  }
  const held = ledger.holding.get(event.slot);
  if (held !== undefined) found.push(['slots', `slot ${event.slot} takes ${node.key} while it holds ${held}`]);
  if (ledger.state !== 'running' && ledger.state !== 'stopping')
    found.push(['stopped', `${node.key} is claimed while the rollout is ${ledger.state}`]);
  // A node with our mark is away already: taking it on adds nothing to what is away.
  return event.adopted ? found : [...found, ...checkOrder(ledger, node), ...checkRoom(ledger, node)];
}

function checkOrder(ledger: Ledger, node: LedgerNode): Finding[] {
  const found: Finding[] = [];
  const { wave } = node;
  const left = leftBefore(wave);
  if (left > 0)
    found.push(['wave-order', `${node.key} is claimed while ${left} nodes of earlier waves are not settled`]);
  if (wave.state !== 'running') {
    found.push(['wave-order', `${node.key} is claimed while its wave ${wave.index} is ${wave.state}`]);
  }
  const leftStages = leftBeforeStage(ledger, wave.cluster.stage);
  if (leftStages > 0) {
    found.push(['stage-order', `${node.key} is claimed while ${leftStages} nodes of earlier stages are not settled`]);
  }
  return found;
}

function checkRoom(ledger: Ledger, node: LedgerNode): Finding[] {
  const found: Finding[] = [];
  const { wave } = node;
  const away = awayOf(wave.cluster);
  const busy = busyIn(ledger, wave);
  if (busy >= wave.concurrency) {
    found.push(['concurrency', `${node.key} is claimed beside ${busy} of ${wave.concurrency}`]);
  }
  const most = resolveAmount(wave.cluster.plan.policy.maxUnavailable, wave.cluster.plan.size);
  if (away.length >= most) found.push(['max-unavailable', `${node.key} is claimed beside ${away.length} of ${most}`]);
  found.push(...checkDomains(wave.cluster, node, away));
  const other = node.controlPlane && away.find(key => ledger.nodes.get(key)?.controlPlane);
  if (other) found.push(['control-plane', `${node.key} is claimed while ${other} is away`]);
  if (budgetSpent(ledger, wave))
    found.push(['budget', `${node.key} is claimed although ${[...ledger.failed].join(', ')} failed`]);
  return found;
}

function checkDomains({ plan }: LedgerCluster, node: LedgerNode, away: readonly string[]): Finding[] {
  const inDomain = (key: string, nodes: readonly string[]) => nodes.some(name => nodeKey(plan.name, name) === key);
  return (plan.perDomain ?? []).flatMap(({ domains }): Finding[] => {
    const own = domains.find(({ nodes }) => inDomain(node.key, nodes));
    const beside = own ? away.filter(key => inDomain(key, own.nodes)) : [];
    if (!own || beside.length < own.max) return [];
    return [['max-unavailable-per', `${node.key} is claimed beside ${beside.length} of ${own.max} of ${own.name}`]];
  });
}

/** A claim given back. */
export function checkReleased(node: LedgerNode, event: Release): Finding[] {
  const found: Finding[] = [];
  if (node.slot !== event.slot) {
    found.push(['slots', `slot ${event.slot} gives ${node.key} back, held by ${node.slot ?? 'none'}`]);
  }
  if (!isSettled(node) && node.state !== 'pending' && !node.redo)
    found.push(['slots', `slot ${event.slot} gives ${node.key} back while it is ${node.state}`]);
  return found;
}
