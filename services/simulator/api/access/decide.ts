import { ApiError } from '../errors.ts';
import type { PathAttributes, ResourceAttributes } from './attributes.ts';
import type { BoundRule, Identity, PolicyRule } from './users.ts';

const health = ['/healthz', '/livez', '/readyz', '/version', '/version/'];
const wellKnown = ['/.well-known', '/.well-known/*'];
const discovery = ['/api', '/api/*', '/apis', '/apis/*', ...health.slice(0, 2), '/openapi', '/openapi/*'];

const publicRights: readonly PolicyRule[] = [{ verbs: ['get'], nonResourceURLs: health }];

/** What API servers give to every authenticated user: system:basic-user and system:discovery, as of 1.36. */
const basicRights: readonly PolicyRule[] = [
  {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  },
  { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
];
const pathRights: readonly PolicyRule[] = [
  { verbs: ['get'], nonResourceURLs: wellKnown },
  ...publicRights,
  { verbs: ['get'], nonResourceURLs: [...discovery, ...health.slice(2)] },
];

/** All rules of a user, those it has by being authenticated among them. */
export function rulesOf(user: Identity): readonly BoundRule[] {
  if (!user.groups.includes('system:authenticated')) return [...publicRights, ...user.rules];
  return [...basicRights, ...user.rules, ...pathRights];
}

/** The rule that allows a request; undefined: none does. */
export function allowingRule(user: Identity, wish: ResourceAttributes | PathAttributes): BoundRule | undefined {
  return rulesOf(user).find(rule => ('path' in wish ? fitsPath(rule, wish) : fitsResource(rule, wish)));
}

/** Throws ApiError 403, worded as the API server's. */
export function authorise(user: Identity, wish: ResourceAttributes | PathAttributes): void {
  if (allowingRule(user, wish) !== undefined) return;
  const who = `User ${JSON.stringify(user.name)}`;
  const headers = { 'x-content-type-options': 'nosniff' };
  if ('path' in wish) {
    const message = `forbidden: ${who} cannot ${wish.verb} path ${JSON.stringify(wish.path)}`;
    throw new ApiError(403, 'Forbidden', message, { details: {}, headers });
  }
  const { verb, group, resource, subresource, namespace, name } = wish;
  const kind = group === '' ? resource : `${resource}.${group}`;
  const object = name === '' ? kind : `${kind} ${JSON.stringify(name)}`;
  const what = JSON.stringify(subresource === '' ? resource : `${resource}/${subresource}`);
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  const why = `${who} cannot ${verb} resource ${what} in API group ${JSON.stringify(group)} ${where}`;
  const details = { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource };
  throw new ApiError(403, 'Forbidden', `${object} is forbidden: ${why}`, { details, headers });
}

function fits(values: readonly string[] | undefined, value: string): boolean {
  return values?.some(one => one === '*' || one === value) ?? false;
}

function fitsPath(rule: BoundRule, wish: PathAttributes): boolean {
  if (rule.namespace !== undefined || !fits(rule.verbs, wish.verb)) return false;
  const covers = (url: string) => (url.endsWith('*') ? wish.path.startsWith(url.slice(0, -1)) : url === wish.path);
  return rule.nonResourceURLs?.some(covers) ?? false;
}

function fitsResource(rule: BoundRule, wish: ResourceAttributes): boolean {
  if (rule.namespace !== undefined && rule.namespace !== wish.namespace) return false;
  if (!fits(rule.verbs, wish.verb) || !fits(rule.apiGroups, wish.group)) return false;
  const { resource, subresource, name } = wish;
  const whole = subresource === '' ? resource : `${resource}/${subresource}`;
  const named = fits(rule.resources, whole) || (subresource !== '' && fits(rule.resources, `*/${subresource}`));
  const names = rule.resourceNames ?? [];
  return named && (names.length === 0 || names.includes(name));
}
