/** What a request wants to do with an object or a collection. */
export interface ResourceAttributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** '' for the object itself. */
  readonly subresource: string;
  /** '' for the cluster scope. */
  readonly namespace: string;
  /** '' for a collection. */
  readonly name: string;
}

/** What a request wants to do with a path that stands for no object. */
export interface PathAttributes {
  readonly verb: string;
  readonly path: string;
}

const verbs: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/**
 * Reads what a request is to be judged by, whether the server keeps such a kind or not: the API server's `RequestInfo`
 * (k8s.io/apiserver, pkg/endpoints/request).
 */
export function attributesOf(method: string, url: URL): ResourceAttributes | PathAttributes {
  const [prefix, ...parts] = url.pathname.split('/').filter(part => part !== '');
  const rest = prefix === 'api' ? parts.slice(1) : prefix === 'apis' ? parts.slice(2) : [];
  if (rest.length === 0) return { verb: method.toLowerCase(), path: url.pathname };
  const group = prefix === 'apis' ? (parts[0] ?? '') : '';
  const watching = rest[0] === 'watch';
  const verb = watching ? 'watch' : (verbs[method] ?? '');
  const target = placeOf((watching ? rest.slice(1) : rest).map(decodeURIComponent));
  return { group, ...target, ...verbAndName(verb, target.name, url.searchParams) };
}

/** A namespace's own path counts as within that namespace. */
function placeOf(parts: readonly string[]) {
  const inNamespace = parts[0] === 'namespaces' && parts.length > 1;
  const deeper = inNamespace && parts.length > 2 && !['status', 'finalize'].includes(parts[2] ?? '');
  const [resource = '', name = '', subresource = ''] = deeper ? parts.slice(2) : parts;
  return { namespace: inNamespace ? (parts[1] ?? '') : '', resource, name, subresource };
}

function verbAndName(verb: string, name: string, query: URLSearchParams): { verb: string; name: string } {
  if (name !== '') return { verb, name };
  if (verb === 'delete') return { verb: 'deletecollection', name };
  if (verb !== 'get' && verb !== 'watch') return { verb, name };
  const asked = ['true', '1'].includes(query.get('watch') ?? '') || verb === 'watch' ? 'watch' : 'list';
  const only = /(?:^|,)metadata\.name==?([^,=!]+)(?:,|$)/.exec(query.get('fieldSelector') ?? '')?.[1];
  return { verb: asked, name: only ?? '' };
}
