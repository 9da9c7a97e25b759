import { badRequest } from './errors.ts';
import { at, type Kube, plainText } from './object.ts';
import type { Resource } from './resources.ts';

/** A parsed field selector. */
export interface FieldSelector {
  matches(object: Kube): boolean;
  /** The value a field must have, where the selector asks for exactly one. */
  exact(field: string): string | undefined;
}

const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  nodes: ['spec.unschedulable'],
  namespaces: ['status.phase'],
  replicasets: ['status.replicas'],
  jobs: ['status.successful'],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
};

/** Fields that read as `false` where they are left out. */
const booleans = new Set(['spec.unschedulable', 'spec.hostNetwork']);

/** Parses `a=b,c!=d` for a kind. Throws ApiError 400 for what the kind does not know. */
export function parseFieldSelector(text: string, r: Resource): FieldSelector {
  const terms = text
    .split(',')
    .filter(part => part !== '')
    .map(part => parseTerm(part, r));
  return {
    matches: object => terms.every(term => (fieldText(object, term.field) === term.value) === term.equal),
    exact: field => terms.find(term => term.field === field && term.equal)?.value,
  };
}

function parseTerm(part: string, r: Resource): { field: string; equal: boolean; value: string } {
  const found = /^([^=!]+)(==|=|!=)(.*)$/.exec(part);
  if (found === null) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
  const [, field = '', operator, value = ''] = found;
  const known = field === 'metadata.name' || field === 'metadata.namespace' || fieldsOf[r.plural]?.includes(field);
  if (!known) throw badRequest(`field label not supported: ${field}`);
  return { field, equal: operator !== '!=', value };
}

function fieldText(object: Kube, field: string): string {
  if (field === 'source') return plainText(at(object, 'source', 'component') ?? at(object, 'reportingComponent'));
  const value = at(object, ...field.split('.'));
  if (value === undefined || value === null) return booleans.has(field) ? 'false' : '';
  return plainText(value);
}
