import { get as httpGet, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { RolloutEvent } from '../../../shared/domain/events.ts';
import { type ListeningApi, listen, partsOf, rolloutsOf } from '../../helpers/api-server.ts';
import { TestEngine } from '../../helpers/engine.ts';
import { testEngines } from '../../helpers/engines.ts';
import { EventReader } from '../../helpers/event-reader.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { privateRedis } from '../../helpers/redis.ts';
import { WrittenRollouts } from '../../helpers/written-rollouts.ts';

const engines = await testEngines();
const servers: ListeningApi[] = [];
const PLAN = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1'] }] } } });

afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.stop()));
});

async function serve(...args: Parameters<typeof listen>): Promise<ListeningApi> {
  const server = await listen(...args);
  servers.push(server);
  return server;
}

async function served(options?: Parameters<typeof listen>[1]) {
  const engine = await engines();
  const id = await engine.rollout(PLAN);
  const server = await serve(partsOf(rolloutsOf(engine)), options);
  return { engine, id, server, url: `${server.url}/api/v1/rollouts/${id}/events` };
}

describe('the event stream', () => {
  it('tells what was, then each event as it comes', async () => {
    const { engine, id, url } = await served();
    const reader = await EventReader.open(url);
    expect(reader.response.headers.get('content-type')).toBe('text/event-stream');
    await reader.until(({ events }) => events.length === 1);
    for (const kind of ['pause', 'resume', 'pause'] as const) {
      await engine.command(id, { kind });
      await reader.until(({ events }) => events.at(-1)?.type === `rollout-${kind}d`);
    }
    expect(reader.events).toEqual(await engine.store.events(id));
    expect(reader.ids).toEqual(reader.events.map(event => event.id));
    reader.cut();
  });

  it('goes on behind the last event after a lost connection, with nothing lost and nothing twice', async () => {
    const { engine, id, url } = await served();
    const heard: RolloutEvent[] = [];
    let last = '';
    for (let round = 0; round < 4; round += 1) {
      const reader = await EventReader.open(`${url}?after=1-0`, last === '' ? {} : { 'last-event-id': last });
      const acts = ['pause', 'resume', 'pause', 'resume', 'pause', 'resume'] as const;
      const acting = (async () => {
        for (const kind of acts) await engine.command(id, { kind });
      })();
      await reader.until(({ events }) => events.length >= 2);
      reader.cut();
      heard.push(...reader.events);
      last = reader.ids.at(-1) ?? '';
      await acting;
    }
    const reader = await EventReader.open(url, { 'last-event-id': last });
    const all = await engine.store.events(id);
    await reader.until(({ events }) => heard.length + events.length >= all.length);
    expect([...heard, ...reader.events]).toEqual(all);
    reader.cut();
  });

  it('begins behind the event asked for', async () => {
    const { engine, id, url } = await served();
    await engine.command(id, { kind: 'pause' });
    const [first] = await engine.store.events(id);
    const reader = await EventReader.open(`${url}?after=${first?.id}`);
    await reader.until(({ events }) => events.length === 1);
    expect(reader.events[0]?.type).toBe('rollout-paused');
    reader.cut();
  });

  it('shows that it lives while nothing happens', async () => {
    const { url } = await served({ heartbeatMs: 10 });
    const reader = await EventReader.open(url);
    expect(await reader.until(({ comments }) => comments >= 3)).toBe(true);
    reader.cut();
  });

  it('ends, and is not broken off, when the server stops', async () => {
    const { server, url } = await served();
    const readers = await Promise.all([EventReader.open(url), EventReader.open(url)]);
    for (const reader of readers) await reader.until(({ events }) => events.length === 1);
    const ends = readers.map(reader => reader.until(() => false));
    await server.stop();
    expect(await Promise.all(ends)).toEqual([false, false]);
  });

  it('follows each journal once, however many listen, and not at all when nobody does', async () => {
    const engine = await engines();
    const id = await engine.rollout(PLAN);
    const rollouts = rolloutsOf(engine);
    let following = 0;
    let most = 0;
    const ended: (() => void)[] = [];
    const counted = {
      ...rollouts,
      async *follow(...args: Parameters<typeof rollouts.follow>) {
        following += 1;
        most = Math.max(most, following);
        try {
          yield* rollouts.follow(...args);
        } finally {
          following -= 1;
          for (const tell of ended.splice(0)) tell();
        }
      },
    };
    // Nobody is noticed to be gone by a comment that cannot be sent.
    const server = await serve(partsOf(counted), { heartbeatMs: 600_000 });
    const url = `${server.url}/api/v1/rollouts/${id}/events`;
    const readers = await Promise.all(Array.from({ length: 5 }, () => EventReader.open(url)));
    await engine.command(id, { kind: 'pause' });
    for (const reader of readers) await reader.until(({ events }) => events.length === 2);
    await engine.command(id, { kind: 'resume' });
    for (const reader of readers) await reader.until(({ events }) => events.length === 3);
    expect([following, most]).toEqual([1, 1]);
    const nobody = new Promise<void>(resolve => {
      ended.push(resolve);
    });
    for (const reader of readers) reader.cut();
    await nobody;
    expect(following).toBe(0);
  });

  it('reads no further for who does not listen', async () => {
    const text = 'x'.repeat(20_000);
    const journal = Array.from({ length: 3_000 }, (_, at): RolloutEvent => {
      return { type: 'mended', what: text, id: `${at + 1}-0`, atMs: at + 1 };
    });
    const rollouts = new BigJournal(PLAN, journal);
    const server = await serve(partsOf(rollouts));
    const url = `${server.url}/api/v1/rollouts/r-1/events`;
    const slow = await pausedReader(url);
    // One that listens reads all of it meanwhile: what the other was given then is what it will be given unread.
    const quick = await EventReader.open(url);
    await quick.until(({ events }) => events.length === journal.length);
    const pages = journal.length / 100;
    expect(rollouts.pages - pages).toBeLessThan(pages / 2);
    quick.cut();
    slow.destroy();
  });
});

describe('while Redis is away', () => {
  it('streams end, and what is asked is not ready', async () => {
    const redis = await privateRedis();
    const engine = await TestEngine.start({ prefix: 't', connect: () => redis.connect('producer') });
    const id = await engine.rollout(PLAN);
    const notReady = () =>
      engine.connection.ping().then(
        () => null,
        (error: unknown) => String(error),
      );
    const server = await serve(partsOf(rolloutsOf(engine), notReady));
    const url = `${server.url}/api/v1/rollouts/${id}`;
    const reader = await EventReader.open(`${url}/events`);
    await reader.until(({ events }) => events.length === 1);
    const ended = reader
      .until(() => false)
      .then(
        () => 'ended',
        () => 'broken off',
      );
    await redis.server.stop();
    expect(['ended', 'broken off']).toContain(await ended);
    const answer = await fetch(url);
    expect([answer.status, await answer.json()]).toEqual([
      503,
      expect.objectContaining({ type: 'urn:nodetide:problem:not-ready', detail: expect.stringMatching(/\S/) }),
    ]);
    await engine.stop();
  });
});

/** A journal too large for any buffer on the way; counts the pages read of it. */
class BigJournal extends WrittenRollouts {
  pages = 0;
  override events = async (_: string, after = '', limit = 0): Promise<RolloutEvent[]> => {
    this.pages += 1;
    const from = Number(after.split('-')[0] || 0);
    return this.journal.slice(from, from + limit);
  };
}

/** Asks for a stream and reads nothing of it. */
function pausedReader(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpGet(url, { headers: { accept: 'text/event-stream' } }, response => resolve(response.pause())).on(
      'error',
      reject,
    );
  });
}
