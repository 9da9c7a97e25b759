import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Core } from './core.ts';
import { badRequest, methodNotAllowed } from './errors.ts';
import { listTableText, listText, readPage } from './list.ts';
import type { Json, Kube } from './object.ts';
import { readSelection } from './query.ts';
import { deleteObject, readDeleteOptions } from './remove.ts';
import { mediaType, parseObject, type Target } from './request.ts';
import type { Resource } from './resources.ts';
import { sendJson, sendText } from './respond.ts';
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

function isWatch(query: URLSearchParams): boolean {
  const value = query.get('watch');
  return value === 'true' || value === '1';
}

/** Lists, watches, creates, deletes a collection. Throws ApiError. */
export function handleCollection(call: ObjectCall, watches: Watches, target: Target): void {
  const { core, request, response, body, query } = call;
  const { resource: r, namespace } = target;
  if (request.method === 'POST') {
    const object = parseObject(request, body, r.kind);
    const created = createObject(core, r, object, namespace, query.get('dryRun') === 'All');
    return sendObject(call, r, created, 201);
  }
  const selection = readSelection(r, namespace, undefined, query);
  if (request.method === 'GET') {
    if (isWatch(query)) return watches.serve(request, response, r, selection, query);
    const page = readPage(core, r, selection, query);
    const asTable = wantsTable(request.headers.accept ?? '');
    return sendText(request, response, 200, asTable ? listTableText(core, r, page) : listText(r, page));
  }
  if (request.method !== 'DELETE') throw methodNotAllowed();
  const page = readPage(core, r, selection, query);
  const options = deleteOptions(call);
  for (const object of page.items) deleteObject(core, r, object, options);
  sendText(request, response, 200, listText(r, page));
}

/** Gets, watches, replaces, patches, deletes one object. Throws ApiError. */
export function handleObject(call: ObjectCall, watches: Watches, target: Target & { name: string }): void {
  const { core, request, response, body, query } = call;
  const { resource: r, namespace, name, subresource } = target;
  if (request.method === 'GET' && isWatch(query))
    return watches.serve(request, response, r, readSelection(r, namespace, name, query), query);
  const object = mustGet(core, r, namespace ?? '', name);
  const dryRun = query.get('dryRun') === 'All';
  switch (request.method) {
    case 'GET':
      return sendObject(call, r, object, 200);
    case 'PUT':
      return sendObject(
        call,
        r,
        updateObject(core, r, object, parseObject(request, body, r.kind), subresource, dryRun),
      );
    case 'PATCH': {
      const kind = patchKindOf(mediaType(request));
      return sendObject(call, r, patchObject(core, r, object, parsePatch(body), kind, subresource, dryRun));
    }
    case 'DELETE': {
      if (subresource !== '') throw methodNotAllowed();
      const last = deleteObject(core, r, object, deleteOptions(call));
      return r.plural === 'pods' || r.plural === 'namespaces'
        ? sendObject(call, r, last)
        : sendJson(request, response, 200, deletedStatus(r, last));
    }
    default:
      throw methodNotAllowed();
  }
}

function sendObject(call: ObjectCall, r: Resource, object: Kube, status = 200): void {
  const { core, request, response } = call;
  if (!wantsTable(request.headers.accept ?? '')) return sendText(request, response, status, `${objectText(object)}\n`);
  const metadata = { resourceVersion: object.metadata.resourceVersion };
  sendJson(request, response, status, tableOf(r, [object], metadata, core.now()));
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
