import { selectorTest } from '../api/label-selector.ts';
import { at, type Json, type Kube, listAt, plainText, textAt } from '../api/object.ts';

type Labels = Readonly<Record<string, string>>;

/** A node as its selectors see it. */
export interface Place {
  readonly name: string;
  readonly labels: Labels;
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const HOSTNAME = 'kubernetes.io/hostname';

/** Whether a pod's nodeSelector and required nodeAffinity allow a node. */
export function allowsNode(pod: Kube, place: Place): boolean {
  const selector = Object.entries((at(pod, 'spec', 'nodeSelector') ?? {}) as Labels);
  if (selector.some(([key, value]) => place.labels[key] !== value)) return false;
  const terms = at(pod, 'spec', 'affinity', 'nodeAffinity', REQUIRED, 'nodeSelectorTerms');
  return !Array.isArray(terms) || (terms as Json[]).some(term => termFits(term, place));
}

/** A term without any requirement fits nothing. */
function termFits(term: Json, place: Place): boolean {
  const byLabel = listAt(term, 'matchExpressions');
  const byField = listAt(term, 'matchFields');
  if (byLabel.length + byField.length === 0) return false;
  const fields = { 'metadata.name': place.name };
  return byLabel.every(one => requirementFits(one, place.labels)) && byField.every(one => requirementFits(one, fields));
}

function requirementFits(requirement: Json, labels: Labels): boolean {
  const value = labels[textAt(requirement, 'key')];
  const values = listAt<unknown>(requirement, 'values').map(one => plainText(one));
  switch (requirement['operator']) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    default:
      return value !== undefined && Number(value) < Number(values[0]);
  }
}

/** Says of another pod, on the same node, whether it keeps this one away. */
export type Repulsion = (other: Kube) => boolean;

/** A pod's required podAntiAffinity by hostname; undefined: none. Other topologies are not looked at. */
export function repulsionOf(pod: Kube): Repulsion | undefined {
  const terms = listAt(pod, 'spec', 'affinity', 'podAntiAffinity', REQUIRED).filter(
    term => term['topologyKey'] === HOSTNAME,
  );
  if (terms.length === 0) return undefined;
  const own = pod.metadata.namespace ?? '';
  const tests = terms.map(term => {
    const named = listAt<string>(term, 'namespaces');
    const everywhere = at(term, 'namespaceSelector') !== undefined;
    const fits = selectorTest(term['labelSelector'] as Json | undefined);
    const near = (namespace: string) =>
      everywhere || (named.length === 0 ? namespace === own : named.includes(namespace));
    return (other: Kube) => near(other.metadata.namespace ?? '') && fits(other.metadata.labels ?? {});
  });
  return other => other.metadata.uid !== pod.metadata.uid && tests.some(test => test(other));
}
