import type { Estimate } from '../../../shared/domain/estimate/estimate.ts';
import type { Paint } from './paint.ts';

/** What a rendering may know about where it is shown. */
export interface ViewOptions {
  readonly columns: number;
  /** Infinity: as many lines as it takes. */
  readonly rows: number;
  readonly colour: boolean;
  /** Missing: the local zone. */
  readonly timeZone?: string;
  /** What is left of the rollout; null or missing: it is not told. */
  readonly left?: Estimate | null;
}

/** What the parts of a view share. */
export interface View {
  readonly columns: number;
  readonly paint: Paint;
  readonly nowMs: number;
  readonly timeZone: string | undefined;
  readonly left: Estimate | null;
  /** Columns of the node names. */
  readonly nameColumns: number;
  /** Commands to be copied are never cut, though they may take more than a line. */
  readonly wholeCommands: boolean;
}

/** How much is shown, from all to the least. */
export interface Detail {
  /** Active nodes shown of a wave; the rest is counted. */
  readonly nodesPerWave: number;
  /** Waves that have not begun or are over get a line of their own. */
  readonly settledWaves: boolean;
  /** Clusters that have not begun or are over get a line of their own. */
  readonly settledClusters: boolean;
  /** Nodes that need a person shown with all there is to know; the rest is counted. */
  readonly troubles: number;
  /** Lines of one account at most; 0: none, and no node is shown for its account alone. */
  readonly accountLines: number;
}

/** From all there is down to the least; the first that fits is taken. */
export const DETAILS: readonly Detail[] = [
  {
    nodesPerWave: Number.POSITIVE_INFINITY,
    settledWaves: true,
    settledClusters: true,
    troubles: Number.POSITIVE_INFINITY,
    accountLines: 40,
  },
  { nodesPerWave: Number.POSITIVE_INFINITY, settledWaves: false, settledClusters: true, troubles: 5, accountLines: 16 },
  {
    nodesPerWave: Number.POSITIVE_INFINITY,
    settledWaves: false,
    settledClusters: false,
    troubles: 3,
    accountLines: 10,
  },
  { nodesPerWave: 12, settledWaves: false, settledClusters: false, troubles: 2, accountLines: 6 },
  { nodesPerWave: 6, settledWaves: false, settledClusters: false, troubles: 2, accountLines: 4 },
  { nodesPerWave: 3, settledWaves: false, settledClusters: false, troubles: 1, accountLines: 4 },
  { nodesPerWave: 1, settledWaves: false, settledClusters: false, troubles: 1, accountLines: 0 },
  { nodesPerWave: 0, settledWaves: false, settledClusters: false, troubles: 1, accountLines: 0 },
];
