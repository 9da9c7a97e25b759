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
import type { View } from './views.ts';

/** The open watches of a server. */
export interface Watches {
  serve(
    request: IncomingMessage,
    response: ServerResponse,
    r: Resource,
    selection: Selection,
    query: URLSearchParams,
    view: View | undefined,
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
    serve(request, response, r, selection, query, view) {
      const start = startOf(core, query);
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
      response.flushHeaders();
      open.add(response);
      response.once('close', () => open.delete(response));
      const asTable = wantsTable(request.headers.accept ?? '');
      new OpenWatch({ core, response, r, selection, query, start, asTable, view }).run();
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

interface WatchParts {
  readonly core: Core;
  readonly response: ServerResponse;
  readonly r: Resource;
  readonly selection: Selection;
  readonly query: URLSearchParams;
  readonly start: Start;
  readonly asTable: boolean;
  readonly view: View | undefined;
}

/** One stream of events. */
class OpenWatch {
  readonly #parts: WatchParts;
  /** The first event of a Table watch names the columns. */
  #namesColumns = true;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** Sends what is due now, then every change until the time is over or the client leaves. */
  run(): void {
    const { core, response, r, selection, query, start } = this.#parts;
    if (start.withPresent) {
      for (const object of selected(core, r, selection)) this.#send('ADDED', object);
      if (query.get('sendInitialEvents') === 'true') this.#bookmark({ 'k8s.io/initial-events-end': 'true' });
    } else {
      const { oldest } = core.store.history(r);
      const past = core.store.history(r).since(start.rv);
      if (past === null) {
        const error = expired(`too old resource version: ${start.rv} (${oldest})`).toStatus();
        response.end(`${JSON.stringify({ type: 'ERROR', object: error })}\n`);
        return;
      }
      for (const event of past) this.#tell(event);
    }
    this.#follow();
  }

  #follow(): void {
    const { core, response, r, query } = this.#parts;
    const stop = core.store.subscribe(r, event => this.#tell(event));
    const marked = query.get('allowWatchBookmarks') === 'true';
    const marks = marked ? setInterval(() => this.#bookmark(), BOOKMARK_EVERY_MS).unref() : undefined;
    const seconds = Number(query.get('timeoutSeconds')) || DEFAULT_TIMEOUT_SECONDS;
    const end = setTimeout(() => {
      if (marked) this.#bookmark();
      response.end();
    }, seconds * 1000).unref();
    response.once('close', () => {
      stop();
      clearInterval(marks);
      clearTimeout(end);
    });
  }

  #tell(event: StoreEvent): void {
    const { selection, start } = this.#parts;
    if (event.rv <= start.rv) return;
    const was = event.before !== undefined && selects(selection, event.before);
    const is = event.type !== 'DELETED' && selects(selection, event.object);
    if (is) this.#send(was ? 'MODIFIED' : 'ADDED', event.object);
    else if (was) this.#send('DELETED', lastSeen(event));
  }

  #send(type: string, object: Kube): void {
    const { core, r, asTable, view } = this.#parts;
    if (!asTable) {
      const shown = view === undefined ? object : view.toShown(object);
      this.#write(`{"type":"${type}","object":${objectText(shown)}}\n`);
      return;
    }
    const metadata = { resourceVersion: object.metadata.resourceVersion };
    const table = tableOf(r, [object], metadata, core.now(), this.#namesColumns);
    this.#namesColumns = false;
    this.#write(`${JSON.stringify({ type, object: table })}\n`);
  }

  #bookmark(annotations?: Record<string, string>): void {
    const { core, r, start } = this.#parts;
    const resourceVersion = String(Math.max(start.rv, core.store.rv));
    const metadata = { resourceVersion, ...(annotations === undefined ? {} : { annotations }) };
    const object = { kind: r.kind, apiVersion: apiVersionOf(r), metadata, ...bookmarkBody(r) };
    this.#write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  }

  #write(line: string): void {
    const { response } = this.#parts;
    if (response.writableLength > BACKLOG_LIMIT) response.destroy();
    if (!response.destroyed && !response.writableEnded) response.write(line);
  }
}

/** An object that leaves the selection is told in its last selected state, but with the version of the change. */
function lastSeen(event: StoreEvent): Kube {
  if (event.type === 'DELETED') return event.object;
  const before = event.before as Kube;
  const { resourceVersion } = event.object.metadata;
  return { ...before, metadata: { ...before.metadata, resourceVersion: resourceVersion as string } };
}

function bookmarkBody(r: Resource): object {
  if (r.plural === 'pods') return { spec: { containers: null }, status: {} };
  return r.hasStatus ? { spec: {}, status: {} } : {};
}
