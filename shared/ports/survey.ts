import type { ClusterSurvey } from '../domain/survey/survey.ts';

/** What was found out about hosts, for views. */
export interface SurveyReader {
  /** By cluster; only clusters that were surveyed. `patchedAtMs` is as of now, all else as of the survey. */
  surveys(): Promise<readonly ClusterSurvey[]>;
}

/** Keeps when nodes were patched. */
export interface PatchKeeper {
  /** A rollout verified the node after an upgrade; an earlier moment than what is kept changes nothing. */
  keepPatched(cluster: string, node: string, atMs: number): Promise<void>;
}

/** Keeps what was found out, a cluster at a time. */
export interface SurveyStore extends SurveyReader, PatchKeeper {
  /** null: the cluster was never surveyed. */
  survey(cluster: string): Promise<ClusterSurvey | null>;
  /** Keeps a survey in the place of the one before; its `patchedAtMs` are not kept, see {@link PatchKeeper}. */
  keepSurvey(survey: ClusterSurvey): Promise<void>;
  /** Keeps new answers of some hosts of a cluster; of one that was never surveyed nothing. */
  keepAnswers(cluster: string, nodes: ClusterSurvey['nodes']): Promise<void>;
  /** Forgets the surveys of a fleet file whose clusters are not among these. */
  forgetOthers(fleetFile: string, clusters: readonly string[]): Promise<void>;
}
