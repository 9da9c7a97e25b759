import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CATALOGUE, type CatalogueEntry, versions } from './catalogue.ts';
import type { Json } from './object.ts';
import { sendText } from './respond.ts';

/** One document: of a group-version, or of something else the index names, which is then empty. */
interface Document {
  readonly text: string;
  readonly hash: string;
}

const PATCH_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation', 'force'];
/** When the documents were made; a client's `If-Modified-Since` is compared by text. */
const MADE = new Date().toUTCString();

const documents = new Map<string, Document>();

function documentOf(path: string): Document {
  const known = documents.get(path);
  if (known !== undefined) return known;
  const text = JSON.stringify(describe(path));
  const made = { text, hash: createHash('sha512').update(text).digest('hex').toUpperCase() };
  documents.set(path, made);
  return made;
}

/** `api/v1`, `apis/apps/v1` and what else a real server has a document of. */
const names: readonly string[] = [
  '.well-known/openid-configuration',
  ...['api', 'apis', 'openid/v1/jwks', 'version'],
  ...versions.flatMap(version => {
    const group = version.split('/')[0] ?? '';
    return version.includes('/') ? [`apis/${group}`, `apis/${version}`] : [`api/${version}`];
  }),
]
  .filter((name, index, all) => all.indexOf(name) === index)
  .toSorted();

/**
 * What a client needs to know how it may write: which kinds there are and what their patches take. The schemas of the
 * kinds are bare; who wants to know their fields asks a real server.
 */
function describe(path: string): Json {
  const apiVersion = path.replace(/^apis?\//, '');
  const entries = versions.includes(apiVersion) ? CATALOGUE.filter(entry => entry.apiVersion === apiVersion) : [];
  const root = `/${path}`;
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: '1.36' },
    paths: Object.fromEntries([[`${root}/`, {}], ...entries.flatMap(entry => pathsOf(root, entry))]),
    components: { schemas: Object.fromEntries(entries.map(schemaOf)) },
  };
}

function identityOf(entry: CatalogueEntry) {
  const slash = entry.apiVersion.indexOf('/');
  const group = slash < 0 ? '' : entry.apiVersion.slice(0, slash);
  return { group, version: entry.apiVersion.slice(slash + 1), kind: entry.kind };
}

function pathsOf(root: string, entry: CatalogueEntry): [string, Json][] {
  const of = { 'x-kubernetes-group-version-kind': identityOf(entry) };
  const { plural, subresources } = entry;
  const within = entry.namespaced ? `namespaces/{namespace}/${plural}` : plural;
  const all = { get: { ...of, 'x-kubernetes-action': 'list' } };
  const patch = {
    ...of,
    parameters: PATCH_PARAMETERS.map(name => ({ name, in: 'query' })),
    'x-kubernetes-action': 'patch',
  };
  const post = { ...patch, 'x-kubernetes-action': 'post' };
  const watch = { get: { ...of, 'x-kubernetes-action': 'watchlist' } };
  return [
    [`${root}/${within}`, { ...all, post }],
    [`${root}/${within}/{name}`, { get: { ...of, 'x-kubernetes-action': 'get' }, patch }],
    ...subresources.map((name): [string, Json] => [`${root}/${within}/{name}/${name}`, {}]),
    [`${root}/${plural}`, all],
    [`${root}/watch/${within}`, watch],
    [`${root}/watch/${within}/{name}`, watch],
    [`${root}/watch/${plural}`, watch],
  ];
}

function schemaOf(entry: CatalogueEntry): [string, Json] {
  const { group, version, kind } = identityOf(entry);
  const short = group === '' ? 'core' : (group.split('.')[0] ?? '');
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return [
    `io.k8s.api.${short}.${version}.${kind}`,
    { ...open, 'x-kubernetes-group-version-kind': [identityOf(entry)] },
  ];
}

/** Answers `/openapi/v3` and the documents it names. Returns whether the path was one of them. */
export function answerOpenApi(pathname: string, request: IncomingMessage, response: ServerResponse): boolean {
  if (pathname === '/openapi/v3') {
    answerIndex(request, response);
    return true;
  }
  const name = pathname.replace(/^\/openapi\/v3\//, '');
  if (name === pathname || !names.includes(name)) return false;
  const { text, hash } = documentOf(name);
  sendText(request, response, 200, text, {
    'cache-control': 'public, immutable',
    etag: `"${hash}"`,
    vary: 'Accept',
    'last-modified': MADE,
  });
  return true;
}

function answerIndex(request: IncomingMessage, response: ServerResponse): void {
  const headers = { 'cache-control': 'no-cache, private', 'last-modified': MADE };
  if (request.headers['if-modified-since'] === MADE) {
    response.writeHead(304, headers).end();
    return;
  }
  const url = (name: string) => ({ serverRelativeURL: `/openapi/v3/${name}?hash=${documentOf(name).hash}` });
  const paths = Object.fromEntries(names.map(name => [name, url(name)]));
  sendText(request, response, 200, JSON.stringify({ paths }), {
    ...headers,
    'content-type': 'text/plain; charset=utf-8',
  });
}
