import type { KuredGateSettings } from '../../domain/gate/kured.ts';
import { freeText, heldBy, isOurs, liveEntries, lockText, readLock } from '../../domain/kured/lock.ts';
import type { GateHold } from '../hold.ts';
import { readDaemon } from './daemon.ts';

/** So often in a row: the DaemonSet's status is written whenever one of its pods changes. */
const MOST_CONFLICTS = 5;

/**
 * kured's lock, taken as a whole: all of its places, where it has several. What is written depends on what the daemon is
 * now, so a lock of ours in the other format is written anew after the daemon changed.
 */
export const kuredHold: GateHold<KuredGateSettings> = {
  wanted: ({ lock }) => lock === 'hold',
  take: async (settings, from, { owner, nowMs }) => {
    for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
      const daemon = await readDaemon(settings, from);
      if (daemon === null || from.api === null) return null;
      const { lockAnnotation, resourceVersion, concurrency } = daemon;
      const lock = readLock(daemon.annotations[lockAnnotation]);
      if (lock.kind === 'malformed') return `kured's lock on DaemonSet ${daemon.name} cannot be read: ${lock.why}`;
      const others = liveEntries(lock.entries, nowMs).filter(entry => !isOurs(entry, owner.rollout));
      if (others.length > 0) return heldBy(others, daemon.name);
      const text = lockText(owner.rollout, concurrency, nowMs, settings.ttlMs);
      const wish = { [lockAnnotation]: text };
      if (await from.api.annotateDaemonSet(settings, resourceVersion, wish, from.signal)) return null;
    }
    return `DaemonSet ${settings.namespace}/${settings.daemonSet} changes faster than its lock can be taken`;
  },
  release: async (settings, from, { owner }) => {
    for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
      const daemon = await readDaemon(settings, from);
      if (daemon === null || from.api === null) return;
      const { lockAnnotation, resourceVersion, concurrency } = daemon;
      const lock = readLock(daemon.annotations[lockAnnotation]);
      const isOur = lock.kind === 'read' && lock.entries.some(entry => isOurs(entry, owner.rollout));
      if (!isOur) return;
      const wish = { [lockAnnotation]: freeText(concurrency) };
      if (await from.api.annotateDaemonSet(settings, resourceVersion, wish, from.signal)) return;
    }
    throw new Error(
      `DaemonSet ${settings.namespace}/${settings.daemonSet} changes faster than its lock can be given back`,
    );
  },
};
