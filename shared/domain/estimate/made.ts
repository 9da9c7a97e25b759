import type { Estimate } from './estimate.ts';

/** What a rollout was reckoned to take when it was made. Kept in its first event, to be compared with what it took. */
export interface MadeEstimate {
  /** As if all windows were open. */
  readonly totalMs: number;
  /** With the windows; null: some node finds none. */
  readonly endsAtMs: number | null;
  /** Of a kind that was upgraded before, and others. */
  readonly known: number;
  readonly guessed: number;
  /** By `cluster/wave`, waves from 0: as if all windows were open, ms. */
  readonly waves: Readonly<Record<string, number>>;
}

/** The key of a wave in {@link MadeEstimate}. */
export function waveKey(cluster: string, wave: number): string {
  return `${cluster}/${wave}`;
}

/** What is kept of an estimate of a plan that has not begun. */
export function madeEstimate({ leftMs, endsAtMs, known, guessed, clusters }: Estimate): MadeEstimate {
  const waves = clusters.flatMap(({ name, waves: of }) => of.map(wave => [waveKey(name, wave.index), wave.leftMs]));
  return { totalMs: leftMs, endsAtMs, known, guessed, waves: Object.fromEntries(waves) as Record<string, number> };
}
