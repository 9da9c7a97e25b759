import type { PodView } from '../facts.ts';
import { matchesLabels, parseLabelSelector } from '../label-selector.ts';
import type { DrainGroup } from '../policy.ts';

/** Where a pod stands in the order of a drain: pods with a lower number are gone before those with a higher one begin. */
export function groupOf(pod: PodView, order: readonly DrainGroup[]): number {
  const group = order.findIndex(each => each.kind !== 'rest' && fits(pod, each));
  return group >= 0 ? group : order.findIndex(each => each.kind === 'rest');
}

/** The pods that go next: all of the first group that has any. */
export function nextGroup(pods: readonly PodView[], order: readonly DrainGroup[]): readonly PodView[] {
  if (order.length === 0) return pods;
  const groups = pods.map(pod => groupOf(pod, order));
  const first = Math.min(...groups);
  return pods.filter((_, index) => groups[index] === first);
}

/** A group in words: `pods with app=db`. */
export function groupText(group: DrainGroup): string {
  if (group.kind === 'rest') return 'all other pods';
  if (group.kind === 'selector') return `pods with ${group.selector}`;
  const what = group.kind === 'namespaces' ? 'namespace' : 'priority class';
  return `pods of ${what} ${group.names.join(', ')}`;
}

function fits(pod: PodView, group: Exclude<DrainGroup, { kind: 'rest' }>): boolean {
  if (group.kind === 'selector') return matchesLabels(parseLabelSelector(group.selector), pod.labels);
  return group.names.includes(group.kind === 'namespaces' ? pod.namespace : pod.priorityClass);
}
