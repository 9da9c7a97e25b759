import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerAddress } from './address.ts';
import { type ServerChild, startChild } from './child.ts';
import type { FolderLock } from './lock.ts';
import type { CompleteOptions } from './options.ts';
import { identify } from './process-identity.ts';
import { serverSettings } from './settings-file.ts';
import { type SpaceWatch, watchSpace } from './space-watch.ts';

/** A server that has run this long starts the back-off anew. */
const WELL_AFTER_MS = 30_000;
/** How long an orderly end may take before it is forced; nothing acknowledged is lost by that. */
const STOP_MS = 30_000;

/** Keeps one server running until stopped: starts it again, at the same address, whenever it ends without having been asked to. */
export class Keeper {
  readonly #options: CompleteOptions;
  readonly #address: ServerAddress;
  readonly #lock: FolderLock;
  readonly #stopping = new AbortController();
  readonly #space: SpaceWatch;
  readonly #running: Promise<void>;
  #child: ServerChild | null;

  constructor(options: CompleteOptions, address: ServerAddress, first: ServerChild, lock: FolderLock) {
    this.#options = options;
    this.#address = address;
    this.#lock = lock;
    this.#child = first;
    this.#space = watchSpace(options);
    this.#running = this.#run(first);
  }

  /** null: it is down just now. */
  pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** SIGTERM, waits for its end, forces it after 30 s. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#space.stop();
    this.#child?.kill('SIGTERM');
    const forced = setTimeout(() => this.#child?.kill('SIGKILL'), STOP_MS);
    await this.#running;
    clearTimeout(forced);
  }

  async #run(first: ServerChild): Promise<void> {
    let attempt = 0;
    for (let child: ServerChild | null = first; child !== null; ) {
      const startedAtMs = performance.now();
      const end = await child.ended;
      this.#child = null;
      if (this.#stopping.signal.aborted) return;
      attempt = performance.now() - startedAtMs > WELL_AFTER_MS ? 1 : attempt + 1;
      this.#options.onEvent({ kind: 'ended', end, nextTryInMs: this.#options.restartDelayMs(attempt) });
      child = await this.#startAgain(attempt);
    }
  }

  /** null: stopped meanwhile. A server that ends before it is ready is returned too. */
  async #startAgain(attempt: number): Promise<ServerChild | null> {
    await this.#pause(this.#options.restartDelayMs(attempt));
    while (!this.#stopping.signal.aborted && !(await this.#space.enough(true))) {
      await this.#pause(this.#options.diskIntervalMs);
    }
    if (this.#stopping.signal.aborted) return null;
    const child = startChild(this.#options.binary, serverSettings(this.#options.dir, this.#address));
    this.#child = child;
    await this.#lock.announce(this.#address.url, await identify(child.pid));
    if (await child.ready) this.#options.onEvent({ kind: 'restarted', pid: child.pid });
    return child;
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}
