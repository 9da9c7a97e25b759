import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerAddress } from './address.ts';
import { type ServerChild, startChild } from './child.ts';
import type { FolderLock } from './lock.ts';
import type { CompleteOptions } from './options.ts';
import { identify } from './process-identity.ts';
import { serverSettings } from './settings-file.ts';
import { watchSpace } from './space-watch.ts';

/** Keeps one server running until stopped. */
export interface Keeper {
  pid(): number | null;
  stop(): Promise<void>;
}

/** A server that has run this long starts the back-off anew. */
const WELL_AFTER_MS = 30_000;
/** How long an orderly end may take before it is forced; nothing acknowledged is lost by that. */
const STOP_MS = 30_000;

/** Starts the server again, at the same address, whenever it ends without having been asked to. */
export function keepRunning(
  options: CompleteOptions,
  address: ServerAddress,
  first: ServerChild,
  lock: FolderLock,
): Keeper {
  const stopping = new AbortController();
  const space = watchSpace(options);
  let child: ServerChild | null = first;

  const restart = async (attempt: number): Promise<ServerChild | null> => {
    await pause(options.restartDelayMs(attempt), stopping.signal);
    while (!stopping.signal.aborted && !(await space.enough(true))) {
      await pause(options.diskIntervalMs, stopping.signal);
    }
    return stopping.signal.aborted ? null : startChild(options.binary, serverSettings(options.dir, address));
  };

  const loop = async () => {
    let attempt = 0;
    let startedAtMs = performance.now();
    while (child !== null) {
      const end = await child.ended;
      child = null;
      if (stopping.signal.aborted) return;
      attempt = performance.now() - startedAtMs > WELL_AFTER_MS ? 1 : attempt + 1;
      options.onEvent({ kind: 'ended', end, nextTryInMs: options.restartDelayMs(attempt) });
      child = await restart(attempt);
      if (child === null) return;
      if (stopping.signal.aborted) child.kill('SIGTERM');
      startedAtMs = performance.now();
      await lock.announce(address.url, await identify(child.pid));
      if (await child.ready) options.onEvent({ kind: 'restarted', pid: child.pid });
    }
  };
  const looping = loop();

  return {
    pid: () => child?.pid ?? null,
    async stop() {
      stopping.abort();
      space.stop();
      child?.kill('SIGTERM');
      const forced = setTimeout(() => child?.kill('SIGKILL'), STOP_MS);
      await looping;
      clearTimeout(forced);
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
