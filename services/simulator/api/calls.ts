import type { IncomingMessage, ServerResponse } from 'node:http';
import { applyObject } from './apply.ts';
import type { Core } from './core.ts';
import { badRequest, methodNotAllowed } from './errors.ts';
import { checkReached, listTableText, listText, readPage } from './list.ts';
import type { Json, Kube } from './object.ts';
import { isWatch, readSelection, readVersion } from './query.ts';
import { deleteObject, readDeleteOptions } from './remove.ts';
import { mediaType, parseObject, type Target } from './request.ts';
import type { Resource } from './resources.ts';
import { sendJson, sendText } from './respond.ts';
import { changeScale, scaleObject } from './scale.ts';
import { objectText } from './serialise.ts';
import { tableOf, wantsTable } from './table.ts';
import type { Watches } from './watch.ts';
import { createObject, mustGet, patchKindOf, patchObject, updateObject } from './write.ts';

/** A request whose body has been read. */
export interface ObjectCall {
  readonly core: Core;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly query: URLSearchParams;
}

/** Lists, watches, creates, deletes a collection. Throws ApiError. */
export function handleCollection(call: ObjectCall, watches: Watches, target: Target): void {
  const { core, request, response, query } = call;
  const { resource: r, namespace, view } = target;
  if (request.method === 'POST') {
    const created = createObject(core, r, given(call, target), namespace, isDryRun(query));
    return sendObject(call, target, created, 201);
  }
  const selection = readSelection(r, namespace, undefined, query);
  if (request.method === 'GET') {
    if (isWatch(query)) return watches.serve(request, response, r, selection, query, view);
    const page = readPage(core, r, selection, query);
    const asTable = wantsTable(request.headers.accept ?? '');
    return sendText(request, response, 200, asTable ? listTableText(core, r, page) : listText(r, page, view));
  }
  if (request.method !== 'DELETE') throw methodNotAllowed();
  const page = readPage(core, r, selection, query);
  const options = deleteOptions(call);
  for (const object of page.items) deleteObject(core, r, object, options);
  // Shown as they were before.
  sendText(request, response, 200, listText(r, page, view));
}

/** Gets, watches, replaces, patches, deletes one object. Throws ApiError. */
export function handleObject(call: ObjectCall, watches: Watches, target: NamedTarget): void {
  const { core, request, response, query } = call;
  const { resource: r, namespace, name, subresource } = target;
  if (request.method === 'GET' && isWatch(query))
    return watches.serve(request, response, r, readSelection(r, namespace, name, query), query, target.view);
  if (request.method === 'GET') {
    checkReached(core, readVersion(query));
    return sendObject(call, target, mustGet(core, r, namespace ?? '', name), 200);
  }
  if (request.method === 'PUT') {
    const object = mustGet(core, r, namespace ?? '', name);
    const after = updateObject(core, r, object, given(call, target), subresource, isDryRun(query));
    return sendObject(call, target, after, 200);
  }
  if (request.method === 'PATCH') return patch(call, target);
  if (request.method !== 'DELETE' || subresource !== '') throw methodNotAllowed();
  const last = deleteObject(core, r, mustGet(core, r, namespace ?? '', name), deleteOptions(call));
  // What is still there afterwards is shown; of all else the server only says that it is gone.
  if (r.plural === 'pods' || last.metadata.deletionTimestamp !== undefined) sendObject(call, target, last, 200);
  else sendJson(request, response, 200, deletedStatus(r, last));
}

/** A target that names one object. */
export type NamedTarget = Target & { readonly name: string };

function patch(call: ObjectCall, target: NamedTarget): void {
  const { core, request, body, query } = call;
  const { resource: r, namespace, name, subresource: part } = target;
  const kind = patchKindOf(mediaType(request));
  if (kind === 'apply') {
    const before = core.store.get(r, namespace ?? '', name);
    const applied = applyObject(core, r, before, body, { namespace, name, part }, query);
    return sendObject(call, target, applied, before === undefined ? 201 : 200);
  }
  const object = mustGet(core, r, namespace ?? '', name);
  const after = patchObject(core, r, object, parsePatch(body), kind, part, isDryRun(query));
  sendObject(call, target, after, 200);
}

/** Reads and changes a workload's Scale. Throws ApiError. */
export function handleScale(call: ObjectCall, target: NamedTarget): void {
  const { core, request, response, body, query } = call;
  const { resource: r, namespace, name } = target;
  const owner = mustGet(core, r, namespace ?? '', name);
  if (request.method === 'GET') return sendJson(request, response, 200, scaleObject(owner));
  if (request.method !== 'PUT' && request.method !== 'PATCH') throw methodNotAllowed();
  const isPut = request.method === 'PUT';
  const change = isPut ? parseObject(request, body, 'Scale') : parsePatch(body);
  const kind = isPut ? 'replace' : patchKindOf(mediaType(request));
  sendJson(request, response, 200, scaleObject(changeScale(core, r, owner, change, kind, isDryRun(query))));
}

function isDryRun(query: URLSearchParams): boolean {
  return query.get('dryRun') === 'All';
}

function given({ request, body }: ObjectCall, { resource, view }: Target): Json {
  const object = parseObject(request, body, resource.kind);
  return view === undefined ? object : view.toKept(object);
}

function sendObject(call: ObjectCall, { resource: r, view }: Target, object: Kube, status: number): void {
  const { core, request, response } = call;
  if (wantsTable(request.headers.accept ?? '')) {
    const metadata = { resourceVersion: object.metadata.resourceVersion };
    return sendJson(request, response, status, tableOf(r, [object], metadata, core.now()));
  }
  sendText(request, response, status, `${objectText(view === undefined ? object : view.toShown(object))}\n`);
}

function parsePatch(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw badRequest('error decoding patch: invalid JSON');
  }
}

function deleteOptions(call: ObjectCall) {
  const { request, body, query } = call;
  const text = query.get('gracePeriodSeconds');
  if (text !== null && !/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  const given = body.length === 0 ? undefined : parseObject(request, body, 'DeleteOptions');
  return readDeleteOptions(given, text === null ? undefined : Number(text), query.get('dryRun') === 'All');
}

function deletedStatus(r: Resource, object: Kube): Json {
  const { name, uid } = object.metadata;
  const details = { name, ...(r.group === '' ? {} : { group: r.group }), kind: r.plural, uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}
