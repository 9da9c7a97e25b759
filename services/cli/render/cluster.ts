import type { ClusterStatus, NodeStatus, RolloutStatus, WaveStatus } from '../../../shared/domain/status.ts';
import { duration } from '../../../shared/domain/time/show.ts';
import { about } from '../../../shared/domain/words/estimate.ts';
import { failures } from './header.ts';
import { line, type Piece } from './line.ts';
import { moreLine, nodeLine } from './node.ts';
import type { Tone } from './paint.ts';
import { isHeld, nodesOf, progressOf } from './progress.ts';
import type { Detail, View } from './view.ts';
import { waitingLines } from './waiting.ts';

type Progressing = Pick<ClusterStatus, 'state' | 'startedAtMs' | 'endedAtMs'>;

/** A cluster with its waves and the nodes that are away. */
export function clusterLines(status: RolloutStatus, cluster: ClusterStatus, detail: Detail, view: View): string[] {
  const nodes = cluster.waves.flatMap(wave => nodesOf(status, wave.nodes));
  const title = cluster.stage === cluster.name ? cluster.name : `${cluster.stage} / ${cluster.name}`;
  const left = cluster.state === 'running' ? view.left?.clusters.find(({ name }) => name === cluster.name) : undefined;
  const rest: Piece = ['dim', `${left ? `  ${about(left.leftMs)} left` : ''}${bears(cluster, '  ')}`];
  const lines = [headLine('', cluster, [[cluster.state === 'pending' ? 'dim' : 'strong', title], rest], nodes, view)];
  lines.push(...waitingLines(cluster.waiting, 4, view));
  if (cluster.state !== 'running') return lines;
  for (const wave of cluster.waves) {
    if (wave.state === 'running' || wave.waiting.length > 0 || detail.settledWaves)
      lines.push(...waveLines(status, wave, detail, view));
  }
  return lines;
}

function waveLines(status: RolloutStatus, wave: WaveStatus, detail: Detail, view: View): string[] {
  const nodes = nodesOf(status, wave.nodes);
  const limits = `  at most ${wave.concurrency} at once${bears(wave, ', ')}`;
  const limit: Piece = ['dim', wave.state === 'running' ? limits : ''];
  const lines = [headLine('   ', wave, [`wave ${wave.index + 1} [${wave.name}]`, limit], nodes, view)];
  if (wave.state !== 'running') return [...lines, ...waitingLines(wave.waiting, 6, view)];
  const shown = nodes.filter(node => node.state === 'claimed' || node.state === 'failed' || isHeld(node));
  const here = shown.slice(0, detail.nodesPerWave);
  lines.push(...here.map(node => nodeLine(node, view)));
  if (shown.length > here.length) lines.push(moreLine(shown.slice(here.length), view));
  lines.push(...waitingLines(wave.waiting, 6, view));
  return lines;
}

/** The failure budget of a cluster or wave that is under way and has one. */
function bears({ state, failureBudget }: ClusterStatus | WaveStatus, before: string): string {
  return state === 'running' && failureBudget !== null ? `${before}bears ${failures(failureBudget)}` : '';
}

/** Clusters of the same state in one line: `✓ 12 clusters done`. */
export function foldedLine(clusters: readonly ClusterStatus[], state: 'pending' | 'done', view: View): string {
  const names = clusters.map(cluster => cluster.name).join(', ');
  const word = state === 'done' ? 'done' : 'to go';
  const [tone, sign] = signOf(state, 0);
  const what = `${clusters.length} ${clusters.length === 1 ? 'cluster' : 'clusters'} ${word}: ${names}`;
  return line(
    [
      [tone, `${sign} `],
      ['dim', what],
    ],
    view.columns,
    view.paint,
  );
}

function headLine(indent: string, of: Progressing, title: Piece[], nodes: readonly NodeStatus[], view: View): string {
  const { settled, total, failed } = progressOf(nodes);
  const [tone, sign] = signOf(of.state, failed);
  const elapsed = of.startedAtMs === null ? '' : duration((of.endedAtMs ?? view.nowMs) - of.startedAtMs);
  const right: Piece[] = [
    ['bad', failed > 0 ? `${failed} failed  ` : ''],
    [of.state === 'pending' ? 'dim' : 'plain', `${settled}/${total}`.padStart(7)],
    ['dim', elapsed.padStart(8)],
  ];
  return line([indent, [tone, `${sign} `], ...title], view.columns, view.paint, right);
}

function signOf(state: Progressing['state'], failed: number): [Tone, string] {
  if (failed > 0) return ['bad', '✗'];
  if (state === 'done') return ['good', '✓'];
  return state === 'running' ? ['active', '●'] : ['dim', '○'];
}
