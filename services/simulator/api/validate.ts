import { badRequest, invalid, type StatusCause } from './errors.ts';
import { at, type Json, type Kube, listAt, plainText, textAt } from './object.ts';
import type { Resource } from './resources.ts';

type Cause = Required<StatusCause>;

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
  "with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

function required(field: string, more = ''): Cause {
  return { reason: 'FieldValueRequired', message: `Required value${more}`, field };
}

function wrong(field: string, value: unknown, why: string): Cause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value)}: ${why}`, field };
}

function unsupported(field: string, value: unknown, supported: readonly string[]): Cause {
  const list = supported.map(one => JSON.stringify(one)).join(', ');
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`;
  return { reason: 'FieldValueNotSupported', message, field };
}

const checks: Readonly<Record<string, (object: Kube) => Cause[]>> = {
  pods: pod => (listAt(pod, 'spec', 'containers').length === 0 ? [required('spec.containers')] : []),
  poddisruptionbudgets: checkBudget,
  events: checkEvent,
};

/** Throws ApiError 422 with all the mistakes the simulated server looks for, or 400 for what it cannot read. */
export function checkObject(r: Resource, object: Kube): void {
  const { name } = object.metadata;
  checkStrings(r, object);
  if (r.plural === 'leases') checkLease(object);
  const causes = [...checkName(name), ...(checks[r.plural]?.(object) ?? [])];
  // An Event's mistakes name no group, whichever of its two it came by.
  if (causes.length > 0) throw invalid({ kind: r.kind, group: r.group, name }, ...causes);
}

function checkName(name: string): Cause[] {
  if (name === '') return [required('metadata.name', ': name or generateName is required')];
  return !subdomain.test(name) || name.length > 253 ? [wrong('metadata.name', name, subdomainRule)] : [];
}

function checkBudget({ spec = {} }: Kube): Cause[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    // Shown as the server holds it, with all its fields.
    const held = {
      MinAvailable: minAvailable,
      Selector: selector ?? null,
      MaxUnavailable: maxUnavailable,
      UnhealthyPodEvictionPolicy: policy ?? null,
    };
    return [wrong('spec', held, 'minAvailable and maxUnavailable cannot be both set')];
  }
  const percent = (field: string, value: unknown) =>
    typeof value === 'string' && Number.parseInt(value, 10) > 100
      ? [wrong(`spec.${field}`, value, 'must not be greater than 100%')]
      : [];
  const policies = ['AlwaysAllow', 'IfHealthyBudget'];
  return [
    ...percent('minAvailable', minAvailable),
    ...percent('maxUnavailable', maxUnavailable),
    ...(policy === undefined || policies.includes(plainText(policy))
      ? []
      : [unsupported('spec.unhealthyPodEvictionPolicy', policy, policies)]),
  ];
}

/** An Event is in the namespace of what it is about; one about a kind without namespaces is in `default`. */
function checkEvent(event: Kube): Cause[] {
  const about = textAt(event, 'involvedObject', 'namespace');
  const fits = about === '' ? event.metadata.namespace === 'default' : about === event.metadata.namespace;
  if (fits) return [];
  return [wrong('involvedObject.namespace', about, 'does not match event.namespace')];
}

/** What the newer Event kind asks for besides. */
export function checkNewEvent(given: Json, name: string): void {
  const type = textAt(given, 'type');
  const causes = [
    ...(textAt(given, 'eventTime') === '' ? [required('eventTime')] : []),
    ...(type === 'Normal' || type === 'Warning' ? [] : [wrong('type', type, `has invalid value: ${type}`)]),
  ];
  if (causes.length > 0) throw invalid({ kind: 'Event', group: '', name }, ...causes);
}

function checkStrings(r: Resource, object: Kube): void {
  for (const field of ['labels', 'annotations'] as const) {
    for (const value of Object.values(object.metadata[field] ?? {})) {
      if (typeof value === 'string') continue;
      const why = `json: cannot unmarshal ${typeof value} into Go struct field ObjectMeta.metadata.${field} of type string`;
      throw badRequest(`${r.kind} in version "${r.version}" cannot be handled as a ${r.kind}: ${why}`);
    }
  }
}

/** Lease times are MicroTime: exactly six decimals. */
function checkLease(object: Kube): void {
  for (const field of ['acquireTime', 'renewTime']) {
    const value = at(object, 'spec', field);
    if (
      value === undefined ||
      value === null ||
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/.test(plainText(value))
    )
      continue;
    const rest = /\.\d+.*$|Z$/.exec(plainText(value))?.[0] ?? plainText(value);
    const why = `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05.000000Z07:00": cannot parse "${rest}" as ".000000"`;
    throw badRequest(`Lease in version "v1" cannot be handled as a Lease: ${why}`);
  }
}

const podUpdates =
  'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** A pod's spec with what an update may change left out. */
function fixedPart(pod: Kube): string {
  const bare = (path: string) => listAt(pod, 'spec', path).map(({ image: _image, ...rest }) => rest);
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, ...spec } = pod.spec ?? {};
  return JSON.stringify({ ...spec, containers: bare('containers'), initContainers: bare('initContainers') });
}

/** Throws ApiError 422 for a change of what is fixed. */
export function checkUpdate(r: Resource, before: Kube, after: Kube): void {
  if (r.plural !== 'pods' || fixedPart(before) === fixedPart(after)) return;
  const cause = { reason: 'FieldValueForbidden', message: podUpdates, field: 'spec' };
  throw invalid({ kind: r.kind, group: r.group, name: before.metadata.name }, cause);
}
