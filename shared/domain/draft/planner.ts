/** A cluster of the fleet file of a planner, as far as a request can name it. */
export interface PlannerCluster {
  readonly name: string;
  readonly stage: string;
  readonly waves: readonly { readonly name: string; readonly sequences: readonly number[] }[];
}

/** A scheduler that has a fleet file, and so makes plans and asks hosts. */
export interface Planner {
  readonly id: string;
  readonly host: string;
  /** Absolute. */
  readonly fleetFile: string;
  /** Name of the fleet; empty: the file was never right. */
  readonly fleet: string;
  /** As the file said when it was right last. */
  readonly clusters: readonly PlannerCluster[];
  /** What is wrong with the file now, a line each; empty: nothing. */
  readonly problems: readonly string[];
  /** When it was heard of last, by the store's clock. */
  readonly seenAtMs: number;
}

/** Whom to ask for something of these clusters, or why nobody can be asked. */
export type PlannerChoice = { readonly planner: Planner } | { readonly planner: null; readonly why: string };

/**
 * Picks the planner whose fleet has all of `clusters` (empty: its whole fleet is meant). Several with the same file are the
 * same; with different files the clusters have to say which one is meant. A cluster that nobody knows is left to the plan
 * where there is one fleet file only.
 */
export function choosePlanner(planners: readonly Planner[], clusters: readonly string[]): PlannerChoice {
  const files = [...new Map(planners.map(planner => [planner.fleetFile, planner])).values()];
  const [only, ...others] = files;
  if (!only) return { planner: null, why: NOBODY };
  if (others.length === 0) return { planner: only };
  const knowing = files.filter(planner => clusters.every(name => planner.clusters.some(each => each.name === name)));
  const [first, ...more] = knowing;
  if (first && more.length === 0 && clusters.length > 0) return { planner: first };
  const known = files.map(({ fleetFile, clusters: all }) => `${fleetFile} (${all.map(({ name }) => name).join(', ')})`);
  return { planner: null, why: `several fleet files are kept: name clusters of one of them: ${known.join('; ')}` };
}

const NOBODY =
  'no scheduler with a fleet file is running: start one with `nodetide up -f FILE` or `nodetide scheduler -f FILE`';
