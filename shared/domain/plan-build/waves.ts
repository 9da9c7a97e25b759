import type { FleetCluster, FleetWave } from '../fleet.ts';
import type { PlanProblem } from '../plan.ts';
import { compareNatural } from '../text.ts';
import type { Candidate } from './hosts.ts';

/** A wave and who is in it, in order. */
export interface DraftWave extends FleetWave {
  readonly members: readonly Candidate[];
}

/** Puts each candidate into its wave; waves without a member stay. */
export function assignWaves(
  cluster: FleetCluster,
  candidates: readonly Candidate[],
  /** Nodes whose sequence is known to be unreadable: they have their problem already. */
  unreadable: ReadonlySet<string>,
): { waves: DraftWave[]; problems: PlanProblem[] } {
  const problems: PlanProblem[] = [];
  const without = candidates.filter(each => each.node.sequence === null && !unreadable.has(each.node.name));
  const waves = cluster.waves.map(wave => ({ ...wave, members: membersOf(wave, candidates) }));
  const known = new Set(cluster.waves.flatMap(wave => wave.sequences));
  for (const { node } of candidates) {
    if (node.sequence !== null && !known.has(node.sequence)) problems.push(inNoWave(cluster, node.name, node.sequence));
  }
  if (cluster.unsequenced === 'refuse') {
    problems.push(...without.map(({ node }) => noSequence(cluster, node.name)));
  } else if (without.length > 0) {
    const concurrency = { kind: 'number', value: 1 } as const;
    waves.push({ name: 'no-sequence', sequences: [], concurrency, ...cluster.wavePlaces, members: inOrder(without) });
  }
  return { waves, problems };
}

function membersOf(wave: FleetWave, candidates: readonly Candidate[]): Candidate[] {
  return inOrder(candidates.filter(({ node }) => node.sequence !== null && wave.sequences.includes(node.sequence)));
}

/**
 * Nodes that nodetide itself runs on last, and before them the control plane: by then the wave has shown on workers that it
 * goes well. Then by sequence and name.
 */
function inOrder(candidates: readonly Candidate[]): Candidate[] {
  return [...candidates].sort(
    ({ node: a, own: ownA }, { node: b, own: ownB }) =>
      Number(ownA !== null) - Number(ownB !== null) ||
      Number(a.controlPlane) - Number(b.controlPlane) ||
      (a.sequence ?? 0) - (b.sequence ?? 0) ||
      compareNatural(a.name, b.name),
  );
}

function inNoWave(cluster: FleetCluster, node: string, sequence: number): PlanProblem {
  const names = cluster.waves.map(wave => wave.name).join(', ');
  const message = `${node} has sequence ${sequence}, which is in no wave of ${cluster.name} (${names}); add it to one`;
  return { code: 'sequence-in-no-wave', cluster: cluster.name, node, message };
}

function noSequence(cluster: FleetCluster, node: string): PlanProblem {
  const where = cluster.sources.map(source => {
    if (source.kind === 'kubernetes') return `label ${source.sequenceLabel}`;
    return source.kind === 'salt' ? `grain ${source.sequenceGrain}` : 'sequence in the static list';
  });
  const message = `${node} carries no sequence (${where.join(', ')}); set one, or say unsequenced: last-wave`;
  return { code: 'no-sequence', cluster: cluster.name, node, message };
}
