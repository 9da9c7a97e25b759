import type { ClusterStatus } from '../../../../../../shared/domain/status.ts';
import { STEPS, type StepName } from '../../../../../../shared/domain/steps.ts';
import type { NodeCell } from '../../../../../../shared/domain/view/cell.ts';

/** A step of a node in time. */
export interface Bar {
  readonly step: StepName;
  readonly state: 'done' | 'running' | 'failed';
  readonly fromMs: number;
  /** For one that runs: now. */
  readonly toMs: number;
}

/** A node that has begun. */
export interface NodeLine {
  readonly kind: 'node';
  readonly cell: NodeCell;
  readonly fromMs: number;
  /** When it was settled; else now. */
  readonly toMs: number;
  readonly bars: readonly Bar[];
}

/** What stands above the nodes of a wave. */
export interface WaveLine {
  readonly kind: 'wave';
  readonly cluster: string;
  readonly wave: number;
  /** Of its nodes have begun. */
  readonly begun: number;
  readonly nodes: number;
}

/** A line of the timeline. */
export type Line = NodeLine | WaveLine;

/** Waves with those of their nodes that have begun, in the order in which these did. `cluster`: only of this one; empty: all. */
export function linesOf(
  clusters: readonly ClusterStatus[],
  cellOf: (key: string) => NodeCell | undefined,
  nowMs: number,
  cluster = '',
): Line[] {
  return clusters
    .filter(({ name }) => cluster === '' || name === cluster)
    .flatMap(({ name, waves }) =>
      waves.flatMap((wave): Line[] => {
        const begun = wave.nodes.flatMap(key => nodeLine(cellOf(key), nowMs) ?? []).sort((a, b) => a.fromMs - b.fromMs);
        const head = {
          kind: 'wave',
          cluster: name,
          wave: wave.index,
          begun: begun.length,
          nodes: wave.nodes.length,
        } as const;
        return begun.length === 0 ? [] : [head, ...begun];
      }),
    );
}

function nodeLine(cell: NodeCell | undefined, nowMs: number): NodeLine | null {
  if (!cell) return null;
  const bars = barsOf(cell, nowMs);
  const fromMs = cell.claimedAtMs ?? bars[0]?.fromMs;
  if (fromMs === undefined) return null;
  // What waits to be done anew shows what its steps did before.
  const isOver = cell.state !== 'claimed' && cell.state !== 'failed';
  const lastMs = Math.max(fromMs, ...bars.map(({ toMs }) => toMs));
  return { kind: 'node', cell, fromMs, toMs: isOver ? (cell.endedAtMs ?? lastMs) : Math.max(nowMs, lastMs), bars };
}

/** What was left out took no time. */
function barsOf({ steps, state }: NodeCell, nowMs: number): Bar[] {
  return STEPS.flatMap((step, index) => {
    const [is, fromMs = null, endedAtMs = null] = steps[index] ?? ['waiting'];
    if (fromMs === null || is === 'skipped') return [];
    const isRunning = endedAtMs === null && state === 'claimed';
    const toMs = endedAtMs ?? (isRunning ? Math.max(nowMs, fromMs) : fromMs);
    return [{ step, state: is === 'failed' ? 'failed' : isRunning ? 'running' : 'done', fromMs, toMs } as const];
  });
}
