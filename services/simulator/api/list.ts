import type { Core } from './core.ts';
import { ApiError, badRequest } from './errors.ts';
import type { Json, Kube } from './object.ts';
import { forbiddenOption, readContinue, readVersion, type Selection, selects, writeContinue } from './query.ts';
import { apiVersionOf, type Resource } from './resources.ts';
import { itemText } from './serialise.ts';
import { tableOf } from './table.ts';

/** One page of a list. */
export interface Page {
  readonly items: readonly Kube[];
  readonly metadata: Json;
}

/** All objects a selection names, in key order. Pods of one node come from the index. */
export function selected(core: Core, r: Resource, selection: Selection): readonly Kube[] {
  const node = r.plural === 'pods' ? selection.fields.exact('spec.nodeName') : undefined;
  if (node !== undefined && node !== '') {
    const onNode = [...core.store.pods.find('node', node)].filter(pod => selects(selection, pod));
    return onNode.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }
  const all = core.store.list(r, selection.namespace);
  return selection.narrowed ? all.filter(object => selects(selection, object)) : all;
}

function keyOf(object: Kube): string {
  return `${object.metadata.namespace ?? ''} ${object.metadata.name}`;
}

/** Throws ApiError 504 for a version the server has not reached. A real one waits 3 s first. */
export function checkReached(core: Core, rv: number | undefined): void {
  if (rv === undefined || rv <= core.store.rv) return;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  const message = `Timeout: Too large resource version: ${rv}, current: ${core.store.rv}`;
  const details = { causes, retryAfterSeconds: 1 };
  throw new ApiError(504, 'Timeout', message, { details, headers: { 'retry-after': '1' } });
}

/** Reads one page. Throws ApiError 400, 410, 422, 504. */
export function readPage(core: Core, r: Resource, selection: Selection, query: URLSearchParams): Page {
  const version = readVersion(query);
  if (query.has('resourceVersionMatch') && version === undefined)
    throw forbiddenOption(
      'resourceVersionMatch',
      'resourceVersionMatch is forbidden unless resourceVersion is provided',
    );
  checkReached(core, version);
  const limit = readLimit(query);
  const text = query.get('continue') ?? '';
  const token = text === '' ? undefined : readContinue(text, core.store.history(r).oldest, core.store.rv);
  const all = selected(core, r, selection);
  const from = token === undefined ? 0 : firstAfter(all, token.after);
  const rv = token?.rv ?? core.store.rv;
  const items = limit === 0 ? all.slice(from) : all.slice(from, from + limit);
  const left = all.length - from - items.length;
  const last = items.at(-1);
  const metadata: Json = { resourceVersion: String(rv) };
  if (left > 0 && last !== undefined) {
    metadata['continue'] = writeContinue({ rv, after: keyOf(last) });
    if (!selection.narrowed) metadata['remainingItemCount'] = left;
  }
  return { items, metadata };
}

function readLimit(query: URLSearchParams): number {
  const text = query.get('limit') ?? '0';
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Math.max(0, Number(text));
}

function firstAfter(all: readonly Kube[], key: string): number {
  const index = all.findIndex(object => keyOf(object) > key);
  return index < 0 ? all.length : index;
}

/** The body of a list. */
export function listText(r: Resource, page: Page): string {
  const head = `{"kind":"${r.kind}List","apiVersion":"${apiVersionOf(r)}","metadata":${JSON.stringify(page.metadata)}`;
  return `${head},"items":[${page.items.map(itemText).join(',')}]}\n`;
}

/** The body of a list as kubectl shows it. */
export function listTableText(core: Core, r: Resource, page: Page): string {
  return `${JSON.stringify(tableOf(r, page.items, page.metadata, core.now()))}\n`;
}
