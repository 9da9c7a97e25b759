import { setTimeout as wait } from 'node:timers/promises';
import { type Json, textAt } from '../../../services/simulator/api/object.ts';
import { startSimApi } from '../../../services/simulator/api/start.ts';
import { openWorldLog } from '../../../services/simulator/world-log.ts';
import { handMachine } from '../hand-cluster.ts';
import { type Difference, differencesIn, headerDifferences, mask } from './compare.ts';
import { type Library, type Sighting, sightingsIn } from './library.ts';
import { asJson, type Exchange, type RecordedEvent, type Recording } from './recording.ts';
import { SCRIPTS, type Script } from './scripts.ts';
import { type LiveAnswer, type LiveWatch, openWatch, send } from './send.ts';
import { Stage } from './stage.ts';
import { USERS } from './users.ts';
import { Versions } from './versions.ts';

/** What differed, and in which exchange. */
export interface Found extends Difference {
  readonly recording: string;
  readonly seq: number;
  readonly request: string;
}

/** How long an answer may take to become as recorded, in ms: the controllers run beside. */
const PATIENCE_MS = 400;
const STEP_MS = 20;
/** What a watch tells no later than this was there before it began; what it tells afterwards is brought about here. */
const AT_ONCE_MS = 100;

type Moment =
  | { readonly atMs: number; readonly what: 'exchange' | 'end'; readonly exchange: Exchange }
  | { readonly atMs: number; readonly what: 'event'; readonly exchange: Exchange; readonly event: RecordedEvent };

/** Everything in the order it happened: answers when they were complete, watches when they began, events when they came. */
function momentsOf(recording: Recording): Moment[] {
  const moments = recording.exchanges.flatMap((exchange): Moment[] => {
    const { startMs, durationMs, events } = exchange;
    const begin = exchange.watch === undefined ? startMs + durationMs : startMs;
    const told = (events ?? []).filter(event => !isMark(event));
    return [
      { atMs: begin, what: 'exchange', exchange },
      ...(exchange.watch === undefined
        ? []
        : [{ atMs: startMs + exchange.durationMs, what: 'end', exchange } as const]),
      ...told.map((event): Moment => ({ atMs: startMs + event.atMs, what: 'event', exchange, event })),
    ];
  });
  return moments.toSorted((a, b) => a.atMs - b.atMs);
}

/** How many events of a watch have to be brought about, one after another, before its time is over. */
function broughtAbout({ events = [] }: Exchange): number {
  return events.filter(event => !isMark(event) && event.atMs > AT_ONCE_MS).length;
}

/** Bookmarks come when they come, but for the one that ends the initial events. */
function isMark(event: { readonly type: string; readonly object: unknown }): boolean {
  return event.type === 'BOOKMARK' && !JSON.stringify(event.object).includes('initial-events-end');
}

/** Replays a recording against a simulator of its own. Returns every difference. */
export async function replay(recording: Recording, library: Library): Promise<readonly Found[]> {
  const world = openWorldLog();
  const script = SCRIPTS[recording.name] ?? {};
  const machine = handMachine(script.machine ?? 'nobody');
  const nodes = script.machine === undefined ? [] : [{ machine }];
  const timings = { heartbeatMs: 1e9, podEvictionMs: 0 };
  const sim = await startSimApi({ cluster: 'replay', nodes, timings, world, users: USERS, speed: 100 });
  const versions = new Versions();
  // The oldest version that can be followed on from is the one of the empty world.
  versions.learnVersion(1, await currentVersion(sim.url));
  const run = new Run(recording, new Stage(sim, machine, library, versions, script), versions, library, script);
  try {
    return await run.play();
  } finally {
    run.close();
    await sim.close();
    world.close();
  }
}

async function currentVersion(url: string): Promise<number> {
  const answer = await fetch(`${url}/api/v1/pods`, { headers: { authorization: `Bearer ${USERS[0]?.token}` } });
  const list = (await answer.json()) as { metadata: { resourceVersion: string } };
  return Number(list.metadata.resourceVersion);
}

class Run {
  readonly #recording: Recording;
  readonly #stage: Stage;
  readonly #versions: Versions;
  readonly #library: Library;
  readonly #script: Script;
  readonly #watches = new Map<number, LiveWatch>();
  readonly #found: Found[] = [];

  constructor(recording: Recording, stage: Stage, versions: Versions, library: Library, script: Script) {
    this.#recording = recording;
    this.#stage = stage;
    this.#versions = versions;
    this.#library = library;
    this.#script = script;
  }

  async play(): Promise<readonly Found[]> {
    if (this.#script.past) this.#replayPast();
    else this.#stage.prepare(this.#recording);
    for (const moment of momentsOf(this.#recording)) {
      if (moment.what === 'event') await this.#expectEvent(moment.exchange, moment.event);
      else if (moment.what === 'end') await this.#endWatch(moment.exchange);
      else {
        await this.#script.before?.[moment.exchange.seq]?.(this.#stage);
        if (moment.exchange.watch === undefined) await this.#answer(moment.exchange);
        else await this.#watch(moment.exchange);
        await this.#script.after?.[moment.exchange.seq]?.(this.#stage);
      }
    }
    return this.#found;
  }

  close(): void {
    for (const watch of this.#watches.values()) watch.close();
  }

  /** Brings about, one by one, what later watches from an old version tell. */
  #replayPast(): void {
    const seen = new Set<number>();
    const past = this.#recording.exchanges.flatMap(({ events = [], path }) =>
      events.flatMap(event => sightingsIn(event.object, path).map(sighting => ({ type: event.type, sighting }))),
    );
    for (const { type, sighting } of past.toSorted((a, b) => a.sighting.rv - b.sighting.rv)) {
      if (seen.has(sighting.rv)) continue;
      seen.add(sighting.rv);
      if (type === 'DELETED') this.#stage.sim.objects.erase(...keyParts(sighting));
      else this.#stage.restore(this.#library.whole(sighting));
    }
  }

  async #answer(exchange: Exchange): Promise<void> {
    this.#stage.meet(exchange);
    let live = await send(this.#stage.sim.url, exchange, this.#versions);
    if (exchange.method === 'GET') live = await this.#untilSame(exchange, live);
    this.#note(exchange, compareAnswers(exchange, live));
    this.#learn(exchange, live);
  }

  /** Reads are asked again while others, and the controllers, catch up. */
  async #untilSame(exchange: Exchange, first: LiveAnswer): Promise<LiveAnswer> {
    let live = first;
    for (let waited = 0; waited < PATIENCE_MS && compareAnswers(exchange, live).length > 0; waited += STEP_MS) {
      if (!this.#stage.remove(exchange, live.body) && waited > 0) await wait(STEP_MS);
      await this.#stage.letControllersRun();
      live = await send(this.#stage.sim.url, exchange, this.#versions);
    }
    return live;
  }

  async #watch(exchange: Exchange): Promise<void> {
    const seconds = this.#endsByItself(exchange) ? 1 + broughtAbout(exchange) : 60;
    const live = await openWatch(this.#stage.sim.url, exchange, this.#versions, seconds);
    this.#watches.set(exchange.seq, live);
    const answer = { ...exchange, responseBody: undefined };
    this.#note(exchange, compareAnswers(answer, live.answer));
  }

  async #expectEvent(exchange: Exchange, event: RecordedEvent): Promise<void> {
    const live = this.#watches.get(exchange.seq);
    const told = (exchange.events ?? []).filter(other => !isMark(other));
    const index = told.indexOf(event);
    const has = () => (live?.events.filter(other => !isMark(other)).length ?? 0) > index;
    for (let waited = 0; waited < PATIENCE_MS && !has() && !live?.ended; waited += STEP_MS) {
      await Promise.race([live?.changed(), wait(STEP_MS)]);
      if (has()) return;
      await this.#stage.letControllersRun();
      if (waited === STEP_MS) this.#playEvent(exchange, event);
    }
  }

  #playEvent(exchange: Exchange, event: RecordedEvent): void {
    for (const sighting of sightingsIn(event.object, exchange.path))
      if (event.type === 'DELETED') this.#stage.end(sighting);
      else this.#stage.show(this.#library.whole(sighting));
  }

  async #endWatch(exchange: Exchange): Promise<void> {
    const live = this.#watches.get(exchange.seq);
    if (live === undefined) return;
    if (this.#endsByItself(exchange)) while (!live.ended) await live.changed();
    else live.close();
    const recorded = (exchange.events ?? []).filter(event => !isMark(event));
    const told = live.events.filter(event => !isMark(event));
    const bare = recorded.map(({ type, object }) => ({ type, object }));
    const sides = [this.#translated(bare) as Told[], told].map(events =>
      mask(this.#script.unordered ? byName(events) : events),
    );
    this.#note(exchange, differencesIn(sides[0], sides[1], 'events'));
    const marks = (events: readonly { type: string; object: unknown }[]) => events.some(isMark);
    if (marks(exchange.events ?? []) && !marks(live.events))
      this.#note(exchange, [{ at: 'bookmark', recorded: true, live: false }]);
  }

  /** The server ends it when its time is over; one beside other requests is ended here, when they are done. */
  #endsByItself({ seq, startMs, durationMs, closedBy }: Exchange): boolean {
    const beside = this.#recording.exchanges.some(
      other => other.seq !== seq && other.startMs > startMs && other.startMs < startMs + durationMs,
    );
    return closedBy === 'server' && !beside;
  }

  #translated(value: unknown): unknown {
    return JSON.parse(this.#versions.translate(JSON.stringify(value))) as unknown;
  }

  #learn(exchange: Exchange, live: LiveAnswer): void {
    this.#versions.learn(exchange.responseBody, live.body);
    for (const name of ['etag', 'last-modified']) {
      const [recorded, is] = [exchange.responseHeaders[name], live.headers[name]];
      if (recorded !== undefined && is !== undefined) this.#versions.learnText(recorded, is);
    }
  }

  #note(exchange: Exchange, differences: readonly Difference[]): void {
    const request = `${exchange.method} ${exchange.path}`;
    for (const difference of differences)
      this.#found.push({ recording: this.#recording.name, seq: exchange.seq, request, ...difference });
  }
}

function compareAnswers(exchange: Exchange, live: LiveAnswer): Difference[] {
  const status =
    exchange.status === live.status ? [] : [{ at: 'status', recorded: exchange.status, live: live.status }];
  const headers = headerDifferences(exchange.responseHeaders, live.headers);
  const skipped = exchange.binary === true || exchange.truncated === true || exchange.watch !== undefined;
  const body = skipped ? [] : differencesIn(mask(exchange.responseBody), mask(withoutSchemas(live.body)), 'body');
  return [...status, ...headers, ...body];
}

function keyParts({ r, object }: Sighting): [string, string, string] {
  return [r.plural, object.metadata.namespace ?? '', object.metadata.name];
}

interface Told {
  readonly type: string;
  readonly object: Json;
}

/** The events of each object, in their order. */
function byName(events: readonly Told[]): Record<string, Told[]> {
  const names = [...new Set(events.map(({ object }) => textAt(object, 'metadata', 'name')))].toSorted();
  const of = (name: string) => events.filter(({ object }) => textAt(object, 'metadata', 'name') === name);
  return Object.fromEntries(names.map(name => [name, of(name)]));
}

/** The recordings hold of OpenAPI documents only the names. */
function withoutSchemas(body: unknown): unknown {
  const json = asJson(body);
  if (json?.['openapi'] === undefined) return body;
  const names = (value: unknown) => Object.fromEntries(Object.keys(asJson(value) ?? {}).map(name => [name, {}]));
  return {
    ...json,
    paths: names(json['paths']),
    components: { schemas: names(asJson(json['components'])?.['schemas']) },
  };
}
