import { createHash } from 'node:crypto';
import { CATALOGUE, type CatalogueEntry, versions } from './catalogue.ts';
import { ROOT_PATHS } from './health.ts';
import type { Json } from './object.ts';

const CHANGES = ['get', 'patch', 'update'];
const PROXIED = ['create', 'delete', 'get', 'patch', 'update'];

interface Subresource {
  readonly kind?: string;
  readonly group?: string;
  readonly verbs: readonly string[];
}

/** Subresources by their path; those not listed have the kind they belong to and may be read and changed. */
const subresources: Readonly<Record<string, Subresource>> = {
  'namespaces/finalize': { verbs: ['update'] },
  'nodes/proxy': { kind: 'NodeProxyOptions', verbs: PROXIED },
  'pods/attach': { kind: 'PodAttachOptions', verbs: ['create', 'get'] },
  'pods/binding': { kind: 'Binding', verbs: ['create'] },
  'pods/eviction': { kind: 'Eviction', group: 'policy', verbs: ['create'] },
  'pods/exec': { kind: 'PodExecOptions', verbs: ['create', 'get'] },
  'pods/log': { verbs: ['get'] },
  'pods/portforward': { kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
  'pods/proxy': { kind: 'PodProxyOptions', verbs: PROXIED },
  'serviceaccounts/token': { kind: 'TokenRequest', group: 'authentication.k8s.io', verbs: ['create'] },
  'services/proxy': { kind: 'ServiceProxyOptions', verbs: PROXIED },
};
const scale: Subresource = { kind: 'Scale', group: 'autoscaling', verbs: CHANGES };

function subresourceOf(entry: CatalogueEntry, name: string): Subresource {
  if (name === 'scale') return scale;
  return subresources[`${entry.plural}/${name}`] ?? { verbs: CHANGES };
}

/** The answer to a discovery path; undefined when it is none. */
export interface DiscoveryAnswer {
  readonly body: Json;
  readonly contentType: string;
  /** Only of the aggregated forms. */
  readonly etag?: string;
}

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

function entriesOf(apiVersion: string): readonly CatalogueEntry[] {
  return CATALOGUE.filter(entry => entry.apiVersion === apiVersion);
}

/** `['apps', ['apps/v1']]`, in the server's order. */
const groups: ReadonlyMap<string, readonly string[]> = versions.reduce((map, version) => {
  const slash = version.indexOf('/');
  const name = slash < 0 ? '' : version.slice(0, slash);
  return map.set(name, [...(map.get(name) ?? []), version]);
}, new Map<string, readonly string[]>());

/** Answers `/`, `/api`, `/apis`, `/api/v1`, `/apis/GROUP` and `/apis/GROUP/VERSION`. `host` is where the client called. */
export function discover(pathname: string, accept: string, host: string): DiscoveryAnswer | undefined {
  if (pathname === '/') return { body: { paths: ROOT_PATHS }, contentType: 'application/json' };
  const path = pathname.replace(/\/$/, '');
  if ((path === '/api' || path === '/apis') && /v=v2;as=APIGroupDiscoveryList/.test(accept))
    return path === '/api' ? aggregatedCore() : aggregatedNamed();
  const body = plain(path, host);
  return body === undefined ? undefined : { body, contentType: 'application/json' };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const aggregatedCore = once(() => tagged(aggregated([''])));
const aggregatedNamed = once(() => tagged(aggregated([...groups.keys()].filter(name => name !== ''))));

function tagged(body: Json): DiscoveryAnswer {
  const etag = `"${createHash('sha512').update(JSON.stringify(body)).digest('hex').toUpperCase()}"`;
  return { body, contentType: aggregatedType, etag };
}

function plain(path: string, host: string): Json | undefined {
  if (path === '/api')
    return {
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: host }],
    };
  const named = [...groups.keys()].filter(name => name !== '');
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(groupOf) };
  const wanted = path.replace(/^\/apis?\//, '');
  if (named.includes(wanted) && path === `/apis/${wanted}`)
    return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(wanted) };
  const isVersion = versions.includes(wanted) && path === (wanted.includes('/') ? `/apis/${wanted}` : `/api/${wanted}`);
  if (!isVersion) return undefined;
  const resources = entriesOf(wanted).flatMap(plainEntry);
  return {
    kind: 'APIResourceList',
    ...(wanted.includes('/') ? { apiVersion: 'v1' } : {}),
    groupVersion: wanted,
    resources,
  };
}

function groupOf(name: string): Json {
  const own = (groups.get(name) ?? []).map(groupVersion => ({
    groupVersion,
    version: groupVersion.slice(name.length + 1),
  }));
  return { name, versions: own, preferredVersion: own[0] };
}

/** As the server makes it: the first 8 bytes of a hash over what an object is stored as. */
function storageVersionHash(entry: CatalogueEntry): string {
  const stored = entry.storedAs ?? '';
  const path = `${stored.includes('/') ? stored : `/${stored}`}/${entry.kind}`;
  return createHash('sha256').update(path).digest().subarray(0, 8).toString('base64');
}

function plainEntry(entry: CatalogueEntry): Json[] {
  const { plural, kind, namespaced, verbs, shortNames, categories } = entry;
  const main: Json = { name: plural, singularName: kind.toLowerCase(), namespaced, kind, verbs };
  if (shortNames.length > 0) main['shortNames'] = shortNames;
  if (categories.length > 0) main['categories'] = categories;
  if (entry.storedAs !== undefined) main['storageVersionHash'] = storageVersionHash(entry);
  const subs = entry.subresources.map(name => {
    const sub = subresourceOf(entry, name);
    const of = sub.group === undefined ? {} : { group: sub.group, version: 'v1' };
    return {
      name: `${plural}/${name}`,
      singularName: '',
      namespaced,
      ...of,
      kind: sub.kind ?? kind,
      verbs: sub.verbs,
    };
  });
  return [main, ...subs];
}

function aggregated(names: readonly string[]): Json {
  const items = names.map(name => ({
    metadata: name === '' ? {} : { name },
    versions: (groups.get(name) ?? []).map(apiVersion => ({
      version: apiVersion.slice(apiVersion.indexOf('/') + 1),
      resources: entriesOf(apiVersion).map(aggregatedEntry),
      freshness: 'Current',
    })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function aggregatedEntry(entry: CatalogueEntry): Json {
  const { plural, kind, namespaced, verbs, shortNames, categories } = entry;
  const made: Json = {
    resource: plural,
    responseKind: { group: '', version: '', kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.toLowerCase(),
    verbs,
  };
  if (shortNames.length > 0) made['shortNames'] = shortNames;
  if (categories.length > 0) made['categories'] = categories;
  if (entry.subresources.length > 0)
    made['subresources'] = entry.subresources.map(name => {
      const sub = subresourceOf(entry, name);
      const version = sub.group === undefined ? '' : 'v1';
      return {
        subresource: name,
        responseKind: { group: sub.group ?? '', version, kind: sub.kind ?? kind },
        verbs: sub.verbs,
      };
    });
  return made;
}
