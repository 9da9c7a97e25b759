import type { NodeView } from '../domain/facts.ts';
import type { KubernetesSource } from '../domain/fleet.ts';
import type { HostRecord, SourceRecords } from '../domain/inventory.ts';
import { matchesLabels, parseLabelSelector } from '../domain/label-selector.ts';
import { parseSequence, rolesOfLabels } from '../domain/labels.ts';
import type { PlanProblem } from '../domain/plan.ts';

/** What the Nodes of a cluster say. */
export function fromKubernetes(cluster: string, source: KubernetesSource, nodes: readonly NodeView[]): SourceRecords {
  const selector = parseLabelSelector(source.selector);
  const meant = nodes.filter(node => matchesLabels(selector, node.labels));
  const others = nodes.filter(node => !meant.includes(node));
  const reason = `does not match the selector ${source.selector} of the inventory`;
  return {
    source: 'kubernetes',
    overrides: source.overrides,
    hosts: meant.map(node => recordOf(source, node)),
    leftOut: others.map(node => ({ node: node.name, reason })),
    problems: meant.flatMap(node => sequenceProblem(cluster, source, node)),
  };
}

function recordOf(source: KubernetesSource, node: NodeView): HostRecord {
  const address = node.addresses.find(each => each.type === source.addressType)?.address;
  const sequence = parseSequence(node.labels[source.sequenceLabel]);
  return {
    name: node.name,
    roles: rolesOfLabels(node.labels, source.rolePrefixes),
    ...(address === undefined ? {} : { address }),
    ...(typeof sequence === 'number' ? { sequence } : {}),
  };
}

function sequenceProblem(cluster: string, source: KubernetesSource, node: NodeView): PlanProblem[] {
  const label = source.sequenceLabel;
  if (parseSequence(node.labels[label]) !== 'invalid') return [];
  const message = `label ${label} of ${node.name} is "${node.labels[label]}", which is no sequence; set a whole number`;
  return [{ code: 'sequence-not-a-number', cluster, node: node.name, message }];
}
