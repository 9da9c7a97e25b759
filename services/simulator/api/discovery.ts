import { createHash } from 'node:crypto';
import type { Json } from './object.ts';
import { apiVersionOf, RESOURCES, type Resource } from './resources.ts';

interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
}

interface Entry {
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly Subresource[];
}

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

function entryOf(r: Resource): Entry {
  const { plural, singular, kind, namespaced, shortNames } = r;
  const subresources: Subresource[] = [];
  if (plural === 'pods')
    subresources.push({ name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] });
  if (r.hasStatus) subresources.push({ name: 'status', kind, verbs: ['get', 'patch', 'update'] });
  const categories = r.inAll ? ['all'] : [];
  return { plural, singular, kind, namespaced, verbs: allVerbs, shortNames, categories, subresources };
}

function reviewOf(kind: string): Entry {
  const singular = kind.toLowerCase();
  const none = { shortNames: [], categories: [], subresources: [] };
  return { plural: `${singular}s`, singular, kind, namespaced: false, verbs: ['create'], ...none };
}

/** Group-versions (`v1`, `apps/v1`) and what they hold. */
const groups: ReadonlyMap<string, readonly Entry[]> = new Map([
  ...[...new Set(RESOURCES.map(apiVersionOf))].map(
    version => [version, RESOURCES.filter(r => apiVersionOf(r) === version).map(entryOf)] as const,
  ),
  ['authentication.k8s.io/v1', [reviewOf('SelfSubjectReview')]] as const,
  ['authorization.k8s.io/v1', ['SelfSubjectAccessReview', 'SelfSubjectRulesReview'].map(reviewOf)] as const,
]);

/** The answer to a discovery path; undefined when it is none. */
export interface DiscoveryAnswer {
  readonly body: Json;
  readonly contentType: string;
  /** Only of the aggregated forms. */
  readonly etag?: string;
}

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Answers `/api`, `/apis`, `/api/v1`, `/apis/GROUP` and `/apis/GROUP/VERSION`. */
export function discover(pathname: string, accept: string): DiscoveryAnswer | undefined {
  const path = pathname.replace(/\/$/, '');
  if ((path === '/api' || path === '/apis') && /v=v2;as=APIGroupDiscoveryList/.test(accept)) {
    const body = aggregated(path === '/api');
    const etag = `"${createHash('sha256').update(JSON.stringify(body)).digest('hex').toUpperCase()}"`;
    return { body, contentType: aggregatedType, etag };
  }
  const body = plain(path);
  return body === undefined ? undefined : { body, contentType: 'application/json' };
}

function plain(path: string): Json | undefined {
  if (path === '/api')
    return {
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1' }],
    };
  const named = [...groups.keys()].filter(version => version.includes('/'));
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(groupOf) };
  const wanted = path.replace(/^\/apis?\//, '');
  const entries = groups.get(wanted);
  if (entries !== undefined && path === (wanted.includes('/') ? `/apis/${wanted}` : `/api/${wanted}`))
    return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: wanted, resources: entries.flatMap(plainEntry) };
  const group = named.find(version => version.startsWith(`${wanted}/`) && path === `/apis/${wanted}`);
  return group === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) };
}

function groupOf(groupVersion: string): Json {
  const [name = '', version = ''] = groupVersion.split('/');
  return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
}

function plainEntry(entry: Entry): Json[] {
  const { plural, singular, kind, namespaced, verbs, shortNames, categories } = entry;
  const main: Json = { name: plural, singularName: singular, namespaced, kind, verbs };
  if (shortNames.length > 0) main['shortNames'] = shortNames;
  if (categories.length > 0) main['categories'] = categories;
  const subs = entry.subresources.map(sub => ({
    name: `${plural}/${sub.name}`,
    singularName: '',
    namespaced,
    ...(sub.group === undefined ? {} : { group: sub.group, version: sub.version }),
    kind: sub.kind,
    verbs: sub.verbs,
  }));
  return [main, ...subs];
}

function aggregated(core: boolean): Json {
  const versions = [...groups].filter(([version]) => version.includes('/') !== core);
  const items = versions.map(([groupVersion, entries]) => {
    const [name = '', version = ''] = core ? ['', groupVersion] : groupVersion.split('/');
    return {
      metadata: core ? {} : { name },
      versions: [{ version, resources: entries.map(aggregatedEntry), freshness: 'Current' }],
    };
  });
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function aggregatedEntry(entry: Entry): Json {
  const { plural, singular, kind, namespaced, verbs, shortNames, categories, subresources } = entry;
  const made: Json = {
    resource: plural,
    responseKind: { group: '', version: '', kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
  };
  if (shortNames.length > 0) made['shortNames'] = shortNames;
  if (categories.length > 0) made['categories'] = categories;
  if (subresources.length > 0)
    made['subresources'] = subresources.map(sub => ({
      subresource: sub.name,
      responseKind: { group: sub.group ?? '', version: sub.version ?? '', kind: sub.kind },
      verbs: sub.verbs,
    }));
  return made;
}
