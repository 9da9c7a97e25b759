import type { ClusterSurvey } from '../domain/survey/survey.ts';

/** What was found out about hosts, for views. */
export interface SurveyReader {
  /** By cluster; only clusters that were surveyed. `patchedAtMs` is as of now, all else as of the survey. */
  surveys(): Promise<readonly ClusterSurvey[]>;
}

/** Keeps when rollouts were done with nodes. */
export interface NodeDoneKeeper {
  /**
   * A rollout is done with a node. `patchedAtMs`: when it verified the node after an upgrade; null: it upgraded nothing. An
   * earlier moment than what is kept changes nothing.
   */
  keepNodeDone(cluster: string, node: string, atMs: number, patchedAtMs: number | null): Promise<void>;
}

/** Keeps what was found out, a cluster at a time. */
export interface SurveyStore extends SurveyReader, NodeDoneKeeper {
  /** null: the cluster was never surveyed. */
  survey(cluster: string): Promise<ClusterSurvey | null>;
  /** Keeps a survey in the place of the one before; its `patchedAtMs` are not kept, see {@link NodeDoneKeeper}. */
  keepSurvey(survey: ClusterSurvey): Promise<void>;
  /** Keeps new answers of some hosts of a cluster; of one that was never surveyed nothing. */
  keepAnswers(cluster: string, nodes: ClusterSurvey['nodes']): Promise<void>;
  /** Hosts of a survey that a rollout was done with after they had answered. */
  outdated(cluster: string): Promise<readonly string[]>;
  /** Forgets the surveys of a fleet file whose clusters are not among these. */
  forgetOthers(fleetFile: string, clusters: readonly string[]): Promise<void>;
}
