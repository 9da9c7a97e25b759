import type {
  V1Container,
  V1ContainerPort,
  V1LabelSelector,
  V1Node,
  V1NodeSelectorRequirement,
  V1NodeSelectorTerm,
  V1Pod,
  V1PodAffinityTerm,
  V1PodSpec,
  V1Toleration,
} from '@kubernetes/client-node';
import type { Requirement } from '../domain/label-selector.ts';
import type {
  AntiAffinity,
  NodeComparison,
  NodeRoom,
  NodeTerm,
  PodPlacement,
  Resources,
  Toleration,
} from '../domain/placement.ts';
import { quantity } from './quantity.ts';

/** What a pod asks of its node. */
export function placementOf(pod: V1Pod): PodPlacement {
  const spec = pod.spec;
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const apart = spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const ports = (spec?.containers ?? []).flatMap(container => container.ports ?? []);
  return {
    requests: requestsOf(spec),
    nodeSelector: spec?.nodeSelector ?? {},
    nodeTerms: terms?.map(nodeTerm) ?? null,
    tolerations: (spec?.tolerations ?? []).map(toleration),
    antiAffinity: apart.flatMap(antiAffinity),
    hostPorts: ports.flatMap(hostPortOf),
  };
}

/** What a Node offers. A kubelet that tells no number of pods is taken to run 110, its default. */
export function roomOf(node: V1Node): NodeRoom {
  const allocatable = node.status?.allocatable ?? {};
  const taints = (node.spec?.taints ?? []).map(({ key, value = '', effect }) => ({ key, value, effect }));
  return { allocatable: resources(allocatable), pods: quantity(allocatable['pods'] ?? '110'), taints };
}

/** A selector's conditions; null (none at all) matches nothing. */
export function requirementsOf(selector: V1LabelSelector | undefined): Requirement[] | null {
  if (selector === undefined || selector === null) return null;
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]): Requirement => {
    return { key, operator: 'in', values: [value] };
  });
  const others = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }): Requirement => {
    return { key, operator: SET_OPERATORS[operator] ?? 'in', values };
  });
  return [...equal, ...others];
}

const SET_OPERATORS: Readonly<Record<string, Requirement['operator']>> = {
  In: 'in',
  NotIn: 'not-in',
  Exists: 'exists',
  DoesNotExist: 'not-exists',
};

function requestsOf(spec: V1PodSpec | undefined): Resources {
  const isSidecar = (container: V1Container) => container.restartPolicy === 'Always';
  const init = spec?.initContainers ?? [];
  const requests = (container: V1Container) => resources(container.resources?.requests ?? {});
  // A sidecar is an init container that stays: it counts beside all that start after it.
  let sidecars = NOTHING;
  let mostAtStart = NOTHING;
  for (const container of init) {
    const now = add(sidecars, requests(container));
    if (isSidecar(container)) sidecars = now;
    mostAtStart = larger(mostAtStart, now);
  }
  const running = (spec?.containers ?? []).map(requests).reduce(add, sidecars);
  return add(larger(running, mostAtStart), resources(spec?.overhead ?? {}));
}

const NOTHING: Resources = { cpuMilli: 0, memoryBytes: 0, ephemeralStorageBytes: 0, others: {} };
const KNOWN = ['cpu', 'memory', 'ephemeral-storage', 'pods'];

function resources(amounts: Readonly<Record<string, string>>): Resources {
  const others = Object.entries(amounts).filter(([name]) => !KNOWN.includes(name));
  return {
    cpuMilli: milli(quantity(amounts['cpu'])),
    memoryBytes: quantity(amounts['memory']),
    ephemeralStorageBytes: quantity(amounts['ephemeral-storage']),
    others: Object.fromEntries(others.map(([name, amount]) => [name, quantity(amount)])),
  };
}

/** Thousandths, rounded up as Kubernetes does; 1.1 * 1000 must not become 1101. */
function milli(cores: number): number {
  return Math.ceil(Number((cores * 1000).toFixed(6)));
}

function combine(a: Resources, b: Resources, by: (a: number, b: number) => number): Resources {
  const names = new Set([...Object.keys(a.others), ...Object.keys(b.others)]);
  return {
    cpuMilli: by(a.cpuMilli, b.cpuMilli),
    memoryBytes: by(a.memoryBytes, b.memoryBytes),
    ephemeralStorageBytes: by(a.ephemeralStorageBytes, b.ephemeralStorageBytes),
    others: Object.fromEntries([...names].map(name => [name, by(a.others[name] ?? 0, b.others[name] ?? 0)])),
  };
}
const add = (a: Resources, b: Resources): Resources => combine(a, b, (x, y) => x + y);
const larger = (a: Resources, b: Resources): Resources => combine(a, b, Math.max);

function toleration({ key = '', operator, value = '', effect = '' }: V1Toleration): Toleration {
  return { key, operator: operator === 'Exists' ? 'Exists' : 'Equal', value, effect };
}

/** A term over namespaces by their labels is left out, since those are not known; one without a selector means no pod. */
function antiAffinity(term: V1PodAffinityTerm): AntiAffinity[] {
  const { topologyKey, labelSelector, namespaces, namespaceSelector } = term;
  const selector = requirementsOf(labelSelector);
  return selector === null || namespaceSelector ? [] : [{ topologyKey, selector, namespaces: namespaces ?? [] }];
}

/** A port of one address only is left out: another pod may have the same of another address. */
function hostPortOf({ hostPort, hostIP, protocol = 'TCP' }: V1ContainerPort): string[] {
  const everywhere = !hostIP || hostIP === '0.0.0.0' || hostIP === '::';
  return hostPort && everywhere ? [`${protocol}/${hostPort}`] : [];
}

/** One term of a node selector. */
export function nodeTerm({ matchExpressions = [], matchFields = [] }: V1NodeSelectorTerm): NodeTerm {
  return {
    labels: matchExpressions.map(nodeRequirement),
    names: matchFields.map(({ operator, values = [] }) => {
      return { operator: operator === 'NotIn' ? ('not-in' as const) : ('in' as const), values };
    }),
  };
}

function nodeRequirement({ key, operator, values = [] }: V1NodeSelectorRequirement): Requirement | NodeComparison {
  if (operator === 'Gt' || operator === 'Lt') {
    return { key, operator: operator === 'Gt' ? 'greater' : 'less', value: Number(values[0]) };
  }
  return { key, operator: SET_OPERATORS[operator] ?? 'in', values };
}
