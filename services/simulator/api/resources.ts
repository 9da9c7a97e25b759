import { CATALOGUE, type CatalogueEntry } from './catalogue.ts';

/** One kind of object the server keeps. */
export interface Resource {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  /** Has `/status`: main writes leave the status alone, status writes the spec. */
  readonly hasStatus: boolean;
  /** `metadata.generation` rises with the spec. */
  readonly counted: boolean;
  /** In `kubectl get all`. */
  readonly inAll: boolean;
}

/** Kinds whose `metadata.generation` rises with their spec. */
const counted = new Set([
  'pods',
  'daemonsets',
  'deployments',
  'replicasets',
  'statefulsets',
  'replicationcontrollers',
  'jobs',
  'cronjobs',
  'poddisruptionbudgets',
  'ingresses',
  'networkpolicies',
  'priorityclasses',
  'customresourcedefinitions',
]);

function resourceOfEntry(entry: CatalogueEntry): Resource {
  const { apiVersion, plural, kind, namespaced, shortNames, categories, subresources } = entry;
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    plural,
    singular: kind.toLowerCase(),
    kind,
    namespaced,
    shortNames,
    hasStatus: subresources.includes('status'),
    counted: counted.has(plural),
    inAll: categories.includes('all'),
  };
}

/** A version of a kind that is kept under another one is none of its own. */
function isKept({ apiVersion, storedAs }: CatalogueEntry): boolean {
  const group = (version: string) => version.split('/')[0];
  const elsewhere = CATALOGUE.some(other => other.apiVersion === storedAs && storedAs !== apiVersion);
  return storedAs !== undefined && !elsewhere && (storedAs === apiVersion || group(storedAs) === group(apiVersion));
}

/** Every kind the server keeps. Plurals are unique among them, so they serve as keys. */
export const RESOURCES: readonly Resource[] = CATALOGUE.filter(isKept).map(resourceOfEntry);

const byPlural = new Map(RESOURCES.map(r => [r.plural, r]));

/** The kind kept under a plural name. Throws when there is none: a mistake in the simulator. */
export function resourceOf(plural: string): Resource {
  const found = byPlural.get(plural);
  if (found === undefined) throw new Error(`no such kind: ${plural}`);
  return found;
}

/** The kind at `group/version/plural`, undefined when the server does not keep it. */
export function findResource(group: string, version: string, plural: string): Resource | undefined {
  const found = byPlural.get(plural);
  return found?.group === group && found.version === version ? found : undefined;
}

/** Whether the server has anything of a group in this version. */
export function isKnownGroup(group: string, version: string): boolean {
  const apiVersion = apiVersionOf({ group, version });
  return CATALOGUE.some(entry => entry.apiVersion === apiVersion);
}

/** `v1` or `apps/v1`. */
export function apiVersionOf(r: Pick<Resource, 'group' | 'version'>): string {
  return r.group === '' ? r.version : `${r.group}/${r.version}`;
}

/** `nodes` or `daemonsets.apps`: how messages name a kind. */
export function qualifiedName(r: Resource): string {
  return r.group === '' ? r.plural : `${r.plural}.${r.group}`;
}
