import type { RolloutEvent } from '../events.ts';
import { isSettled, type Ledger, leftBefore, leftBeforeStage, leftIn } from './ledger.ts';
import type { Finding } from './rules.ts';

/** An event of the rollout, a stage, a cluster or a wave, against the ledger before it. */
export function checkTree(ledger: Ledger, event: RolloutEvent): Finding[] {
  switch (event.type) {
    case 'wave-started':
      return [...checkWave(ledger, event), ...checkMayOpen(ledger, event)];
    case 'rollout-paused':
      return checkPaused(ledger, event);
    case 'wave-done':
      return checkWave(ledger, event);
    case 'cluster-started':
    case 'cluster-done':
      return checkCluster(ledger, event);
    case 'stage-started':
    case 'stage-done':
      return checkStage(ledger, event);
    case 'rollout-ended':
      return checkEnd(ledger, event.outcome);
    default:
      return [];
  }
}

function leftOver(rule: 'wave-order' | 'stage-order', what: string, left: number): Finding[] {
  return left > 0 ? [[rule, `${what} while ${left} nodes that must come before are not settled`]] : [];
}

function checkWave(ledger: Ledger, event: Extract<RolloutEvent, { type: 'wave-started' | 'wave-done' }>): Finding[] {
  const wave = ledger.clusters.get(event.cluster)?.waves[event.wave];
  if (!wave) return [];
  const what = `${event.type} of ${event.cluster} ${event.wave}`;
  const before = event.type === 'wave-started' ? 'pending' : 'running';
  const found: Finding[] = wave.state === before ? [] : [['wave-order', `${what}, which is ${wave.state}`]];
  const left = leftBefore(wave) + (event.type === 'wave-done' ? wave.left : 0);
  return [...found, ...leftOver('wave-order', what, left)];
}

function checkMayOpen({ state }: Ledger, event: Extract<RolloutEvent, { type: 'wave-started' }>): Finding[] {
  const isShut = state === 'stopping' || state === 'paused';
  return isShut ? [['stopped', `wave ${event.wave} of ${event.cluster} opens while the rollout is ${state}`]] : [];
}

/** What was stopped is paused by itself, and then no wave is open. */
function checkPaused(ledger: Ledger, { by }: Extract<RolloutEvent, { type: 'rollout-paused' }>): Finding[] {
  if (by !== 'nodetide') return [];
  const open = [...ledger.clusters.values()].flatMap(({ waves }) => waves).filter(wave => wave.state === 'running');
  if (ledger.state === 'stopping' && open.length === 0) return [];
  return [['stopped', `the rollout was ${ledger.state} with ${open.length} open waves, and is paused by itself`]];
}

function checkCluster(
  ledger: Ledger,
  event: Extract<RolloutEvent, { type: 'cluster-started' | 'cluster-done' }>,
): Finding[] {
  const cluster = ledger.clusters.get(event.cluster);
  if (!cluster) return [];
  const what = `${event.type} of ${event.cluster}`;
  if (event.type === 'cluster-done') return leftOver('wave-order', what, leftIn(cluster));
  return leftOver('stage-order', what, leftBeforeStage(ledger, cluster.stage));
}

function checkStage(ledger: Ledger, event: Extract<RolloutEvent, { type: 'stage-started' | 'stage-done' }>): Finding[] {
  const stage = ledger.stages.find(other => other.name === event.stage);
  if (!stage) return [];
  const own = event.type === 'stage-done' ? stage.clusters.reduce((sum, cluster) => sum + leftIn(cluster), 0) : 0;
  return leftOver('stage-order', `${event.type} of ${event.stage}`, leftBeforeStage(ledger, stage) + own);
}

function checkEnd(ledger: Ledger, outcome: string): Finding[] {
  const left = [...ledger.nodes.values()].filter(node => !isSettled(node));
  const found: Finding[] = left.map(node => ['ending', `the rollout ends while ${node.key} is ${node.state}`]);
  if ((outcome === 'aborted') !== (ledger.state === 'aborting')) {
    found.push(['ending', `the rollout ends ${outcome} after it was ${ledger.state}`]);
  }
  return found;
}
