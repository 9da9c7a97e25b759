import type { Core } from './core.ts';
import { ApiError, badRequest, expired } from './errors.ts';
import type { Json, Kube } from './object.ts';
import { forbiddenOption, readContinue, readVersion, type Selection, selects, writeContinue } from './query.ts';
import { apiVersionOf, type Resource } from './resources.ts';
import { itemText } from './serialise.ts';
import { tableOf } from './table.ts';
import type { View } from './views.ts';

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

/** How long the API server waits for a version it has not reached, in ms before the division by `speed`. */
const REACH_MS = 3_000;

/** Waits a while for a version the server has not reached, as a read does. */
export async function reach(core: Core, query: URLSearchParams): Promise<void> {
  const text = query.get('resourceVersion') ?? '';
  if (/^\d+$/.test(text) && Number(text) > core.store.rv)
    await new Promise<void>(resolve => core.timers.after(REACH_MS, resolve));
}

/** Throws ApiError 504 for a version the server has not reached. */
export function checkReached(core: Core, rv: number | undefined): void {
  if (rv === undefined || rv <= core.store.rv) return;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  const message = `Timeout: Too large resource version: ${rv}, current: ${core.store.rv}`;
  const details = { causes, retryAfterSeconds: 1 };
  throw new ApiError(504, 'Timeout', message, { details, headers: { 'retry-after': '1' } });
}

/** What a page is cut from. */
interface Source {
  readonly objects: readonly Kube[];
  readonly rv: number;
  /** The key of the last object given; '' at the start. */
  readonly after: string;
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
  // From the server's cache, which is asked for any version at all, a list comes whole.
  const limit = version === 0 ? 0 : readLimit(query);
  const { objects, rv, after } = sourceOf(core, r, selection, query, version);
  const from = after === '' ? 0 : firstAfter(objects, after);
  const items = limit === 0 ? objects.slice(from) : objects.slice(from, from + limit);
  const left = objects.length - from - items.length;
  const last = items.at(-1);
  const metadata: Json = { resourceVersion: String(rv) };
  if (left > 0 && last !== undefined) {
    metadata['continue'] = writeContinue({ rv, after: keyOf(last) }, selection);
    if (!selection.narrowed) metadata['remainingItemCount'] = left;
  }
  return { items, metadata };
}

/** Later pages show the world as it was for the first. */
function sourceOf(
  core: Core,
  r: Resource,
  selection: Selection,
  query: URLSearchParams,
  version: number | undefined,
): Source {
  const now = { objects: selected(core, r, selection), rv: core.store.rv };
  const text = query.get('continue') ?? '';
  if (text === '') {
    if (query.get('resourceVersionMatch') !== 'Exact' || version === undefined) return { ...now, after: '' };
    const then = selectedAt(core, r, selection, version);
    if (then === null) throw expired('The resourceVersion for the provided list is too old.');
    return { objects: then, rv: version, after: '' };
  }
  const { rv, after } = readContinue(text, selection);
  if (rv < 0) return { ...now, after };
  const then = selectedAt(core, r, selection, rv);
  if (then === null) throw expired(TOKEN_TOO_OLD, { continue: writeContinue({ rv: -1, after }, selection) });
  return { objects: then, rv, after };
}

const TOKEN_TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
  'deleted between the time the first chunk was returned and now may show up in the list.';

function selectedAt(core: Core, r: Resource, selection: Selection, rv: number): readonly Kube[] | null {
  const then = core.store.listAt(r, rv, selection.namespace);
  return then !== null && selection.narrowed ? then.filter(object => selects(selection, object)) : then;
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
export function listText(r: Resource, page: Page, view: View | undefined): string {
  const version = view === undefined ? apiVersionOf(r) : apiVersionOf(view);
  const items = view === undefined ? page.items : page.items.map(item => view.toShown(item));
  const head = `{"kind":"${r.kind}List","apiVersion":"${version}","metadata":${JSON.stringify(page.metadata)}`;
  return `${head},"items":[${items.map(itemText).join(',')}]}\n`;
}

/** The body of a list as kubectl shows it. */
export function listTableText(core: Core, r: Resource, page: Page): string {
  return `${JSON.stringify(tableOf(r, page.items, page.metadata, core.now()))}\n`;
}
