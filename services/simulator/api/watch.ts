import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Core } from './core.ts';
import { ApiError, expired } from './errors.ts';
import type { StoreEvent } from './history.ts';
import { selected } from './list.ts';
import type { Kube } from './object.ts';
import { forbiddenOption, type Selection, selects } from './query.ts';
import { apiVersionOf, type Resource } from './resources.ts';
import { objectText } from './serialise.ts';
import { tableOf, wantsTable } from './table.ts';

/** The open watches of a server. */
export interface Watches {
  serve(
    request: IncomingMessage,
    response: ServerResponse,
    r: Resource,
    selection: Selection,
    query: URLSearchParams,
  ): void;
  /** Destroys the connections of all open watches. */
  cut(): void;
}

/** A watcher that has not read this much is cut off, in bytes. */
const BACKLOG_LIMIT = 32 * 1024 * 1024;
const BOOKMARK_EVERY_MS = 10_000;
/** A real server ends watches after 30 to 60 minutes where the client names no time. */
const DEFAULT_TIMEOUT_SECONDS = 1_800;

/** Serves watches on a store. */
export function createWatches(core: Core): Watches {
  const open = new Set<ServerResponse>();
  return {
    serve(request, response, r, selection, query) {
      const start = startOf(core, query);
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
      response.flushHeaders();
      open.add(response);
      response.once('close', () => open.delete(response));
      runWatch(core, response, r, selection, query, start, wantsTable(request.headers.accept ?? ''));
    },
    cut() {
      for (const response of open) response.destroy();
    },
  };
}

interface Start {
  /** Everything there is now comes first, as ADDED. */
  readonly withPresent: boolean;
  /** Only changes after this are told. */
  readonly rv: number;
}

function startOf(core: Core, query: URLSearchParams): Start {
  const text = query.get('resourceVersion') ?? '';
  const initial = query.get('sendInitialEvents') === 'true';
  if (initial && query.get('resourceVersionMatch') !== 'NotOlderThan')
    throw forbiddenOption(
      'resourceVersionMatch',
      'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    );
  if (!/^\d*$/.test(text)) {
    const why = `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`;
    throw new ApiError(500, '', why);
  }
  const withPresent = initial || text === '' || text === '0';
  return { withPresent, rv: withPresent ? core.store.rv : Number(text) };
}

function runWatch(
  core: Core,
  response: ServerResponse,
  r: Resource,
  selection: Selection,
  query: URLSearchParams,
  start: Start,
  asTable: boolean,
): void {
  let columns = true;
  const send = (type: string, object: Kube) => {
    if (response.writableLength > BACKLOG_LIMIT) response.destroy();
    if (response.destroyed || response.writableEnded) return;
    if (!asTable) response.write(`{"type":"${type}","object":${objectText(object)}}\n`);
    else {
      const metadata = { resourceVersion: object.metadata.resourceVersion };
      const table = tableOf(r, [object], metadata, core.now(), columns);
      columns = false;
      response.write(`${JSON.stringify({ type, object: table })}\n`);
    }
  };
  const tell = (event: StoreEvent) => {
    if (event.rv <= start.rv) return;
    const was = event.before !== undefined && selects(selection, event.before);
    const is = event.type !== 'DELETED' && selects(selection, event.object);
    if (is) send(was ? 'MODIFIED' : 'ADDED', event.object);
    else if (was) send('DELETED', gone(event));
  };
  const bookmark = (annotations?: Record<string, string>) => {
    const metadata = {
      resourceVersion: String(Math.max(start.rv, core.store.rv)),
      ...(annotations === undefined ? {} : { annotations }),
    };
    const object = { kind: r.kind, apiVersion: apiVersionOf(r), metadata, ...bookmarkBody(r) };
    if (!response.writableEnded) response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  };
  const wantsBookmarks = query.get('allowWatchBookmarks') === 'true';

  if (start.withPresent) {
    for (const object of selected(core, r, selection)) send('ADDED', object);
    if (query.get('sendInitialEvents') === 'true') bookmark({ 'k8s.io/initial-events-end': 'true' });
  } else {
    const past = core.store.history(r).since(start.rv);
    if (past === null) {
      const message = `too old resource version: ${start.rv} (${core.store.history(r).oldest})`;
      response.end(`${JSON.stringify({ type: 'ERROR', object: expired(message).toStatus() })}\n`);
      return;
    }
    for (const event of past) tell(event);
  }
  const stopListening = core.store.subscribe(r, tell);
  const marks = wantsBookmarks ? setInterval(bookmark, BOOKMARK_EVERY_MS).unref() : undefined;
  const seconds = Number(query.get('timeoutSeconds')) || DEFAULT_TIMEOUT_SECONDS;
  const end = setTimeout(() => {
    if (wantsBookmarks) bookmark();
    response.end();
  }, seconds * 1000).unref();
  response.once('close', () => {
    stopListening();
    clearInterval(marks);
    clearTimeout(end);
  });
}

/** An object that leaves the selection is told in its last selected state, but with the version of the change. */
function gone(event: StoreEvent): Kube {
  if (event.type === 'DELETED') return event.object;
  const before = event.before as Kube;
  const { resourceVersion } = event.object.metadata;
  return { ...before, metadata: { ...before.metadata, resourceVersion: resourceVersion as string } };
}

function bookmarkBody(r: Resource): object {
  if (r.plural === 'pods') return { spec: { containers: null }, status: {} };
  return r.hasStatus ? { spec: {}, status: {} } : {};
}
