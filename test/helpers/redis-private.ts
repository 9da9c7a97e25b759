import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { connectRedis } from '../../shared/redis/client/connect.ts';
import type { ConnectionRole } from '../../shared/redis/client/options.ts';
import { type EmbeddedRedis, startEmbeddedRedis } from '../../shared/redis/server/embedded.ts';
import type { EmbeddedEvent } from '../../shared/redis/server/events.ts';
import type { EmbeddedOptions } from '../../shared/redis/server/options.ts';

/** A Redis for one test that does bad things to it. */
export interface PrivateRedis {
  /** The same over kills and restarts. */
  readonly url: string;
  readonly dir: string;
  readonly server: EmbeddedRedis;
  /** What its keeper said, in order. */
  readonly events: readonly EmbeddedEvent[];
  /** Resolves with the next event of that kind, counted from now. */
  next(kind: EmbeddedEvent['kind']): Promise<EmbeddedEvent>;
  connect(role?: ConnectionRole): Promise<Redis>;
  /** Sends a signal to it; throws when it is not running. */
  signal(name: NodeJS.Signals): void;
  /** kill -9, and waits until its keeper has it running again on the same folder. */
  kill(): Promise<void>;
  /** Copies its data away, as a backup of this moment. */
  save(): Promise<string>;
  /** Stops it, puts a saved moment back and starts it again at the same address. */
  restore(saved: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a server of its own; it, its connections and its files go when the test ends. Call it inside a test. */
export async function privateRedis(options: Partial<EmbeddedOptions> = {}): Promise<PrivateRedis> {
  const base = await mkdtemp(join(tmpdir(), 'nodetide-private-'));
  const dir = options.dir ?? join(base, 'data');
  const open: Redis[] = [];
  const events: EmbeddedEvent[] = [];
  let waiting: { kind: string; resolve: (event: EmbeddedEvent) => void }[] = [];
  const onEvent = (event: EmbeddedEvent) => {
    events.push(event);
    options.onEvent?.(event);
    const [hit, rest] = [waiting.filter(w => w.kind === event.kind), waiting.filter(w => w.kind !== event.kind)];
    waiting = rest;
    for (const { resolve } of hit) resolve(event);
  };
  const start = () => startEmbeddedRedis({ restartDelayMs: () => 20, ...options, dir, onEvent });
  let server = await start();
  const next = (kind: EmbeddedEvent['kind']) =>
    new Promise<EmbeddedEvent>(resolve => {
      waiting.push({ kind, resolve });
    });
  const signal = (name: NodeJS.Signals) => {
    const pid = server.pid();
    if (pid === null) throw new Error('the server is not running');
    process.kill(pid, name);
  };
  const stop = async () => {
    for (const redis of open) redis.disconnect();
    await server.stop();
  };
  onTestFinished(async () => {
    await stop();
    await rm(base, { recursive: true, force: true });
  });
  let saves = 0;
  return {
    get url() {
      return server.url;
    },
    get server() {
      return server;
    },
    dir,
    events,
    next,
    signal,
    async connect(role = 'worker') {
      const redis = await connectRedis(server.url, { role });
      open.push(redis);
      return redis;
    },
    async kill() {
      const restarted = next('restarted');
      signal('SIGKILL');
      await restarted;
    },
    async save() {
      const saved = join(base, `saved-${++saves}`);
      await cp(join(dir, 'appendonlydir'), saved, { recursive: true });
      return saved;
    },
    async restore(saved) {
      await server.stop();
      await rm(join(dir, 'appendonlydir'), { recursive: true, force: true });
      await cp(saved, join(dir, 'appendonlydir'), { recursive: true });
      server = await start();
    },
    stop,
  };
}
