/** What a node is expected to take as long as too few of its kind are known. */
export const DEFAULT_NODE_TAKES_MS = 30 * 60_000;
