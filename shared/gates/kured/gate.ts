import { closed, type GateVerdict, OPEN } from '../../domain/gate/gate.ts';
import type { KuredGateSettings } from '../../domain/gate/kured.ts';
import type { KuredDaemon } from '../../domain/kured/daemon.ts';
import { heldBy, isOurs, liveEntries, readLock } from '../../domain/kured/lock.ts';
import type { Gate, GateQuestion } from '../gate.ts';
import { readDaemon } from './daemon.ts';
import { kuredHold } from './hold.ts';

/** kured and nodetide never reboot at the same time: its lock is honoured, or held. Without a kured there is nothing to wait for. */
export const kuredGate: Gate<KuredGateSettings, KuredDaemon | null> = {
  kind: 'kured',
  scope: () => 'cluster',
  gather: readDaemon,
  judge,
  hold: kuredHold,
};

function judge(settings: KuredGateSettings, daemon: KuredDaemon | null, question: GateQuestion): GateVerdict {
  if (daemon === null) return OPEN;
  const lock = readLock(daemon.annotations[daemon.lockAnnotation]);
  if (lock.kind === 'malformed') {
    const why = `kured's lock on DaemonSet ${daemon.name} cannot be read: ${lock.why}`;
    return closed([why], `when annotation ${daemon.lockAnnotation} was mended or removed by hand`);
  }
  const live = liveEntries(lock.entries, question.nowMs);
  const others = live.filter(entry => !isOurs(entry, question.rollout));
  if (others.length > 0) return closed([heldBy(others, daemon.name)], 'when it was given back, or has expired');
  const isLost = settings.lock === 'hold' && question.moment === 'reboot' && live.length === 0;
  return isLost ? closed([`kured's lock on DaemonSet ${daemon.name} is not ours any more`], 'when it is again') : OPEN;
}
