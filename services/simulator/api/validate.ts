import { badRequest, invalid } from './errors.ts';
import { at, type Kube, listAt, plainText } from './object.ts';
import type { Resource } from './resources.ts';

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
  "with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** Throws ApiError 422 or 400 for the mistakes the simulated server looks for. */
export function checkObject(r: Resource, object: Kube): void {
  const name = object.metadata.name;
  const of = { kind: r.kind, group: r.group, name };
  const required = (field: string, more = '') =>
    invalid(of, { reason: 'FieldValueRequired', message: `Required value${more}`, field });
  const wrong = (field: string, value: unknown, why: string) =>
    invalid(of, { reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value)}: ${why}`, field });
  if (name === '') throw required('metadata.name', ': name or generateName is required');
  if (!subdomain.test(name) || name.length > 253) throw wrong('metadata.name', name, subdomainRule);
  checkStrings(r, object);
  if (r.plural === 'pods' && listAt(object, 'spec', 'containers').length === 0) throw required('spec.containers');
  if (r.plural === 'leases') checkLease(object);
  const { minAvailable, maxUnavailable } = object.spec ?? {};
  if (r.plural === 'poddisruptionbudgets' && minAvailable !== undefined && maxUnavailable !== undefined)
    throw wrong(
      'spec',
      { MinAvailable: minAvailable, MaxUnavailable: maxUnavailable },
      'minAvailable and maxUnavailable cannot be both set',
    );
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
