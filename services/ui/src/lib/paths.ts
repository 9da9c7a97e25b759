/** Address of a rollout's page. */
export function rolloutPath(rollout: string): string {
  return `/rollouts/${encodeURIComponent(rollout)}`;
}

/** Address of a node's page within a rollout. */
export function nodePath(rollout: string, cluster: string, node: string): string {
  return `${rolloutPath(rollout)}/nodes/${encodeURIComponent(cluster)}/${encodeURIComponent(node)}`;
}
