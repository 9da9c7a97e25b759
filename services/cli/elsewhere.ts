import type { Session, Wiring } from './wiring.ts';

const LOOK_MS = 250;

/**
 * Whether an engine runs elsewhere: one that is heard again while we listen, for what was killed is listed for a while
 * longer. Nobody else can have worked on a Redis that came up with this process.
 */
export async function engineElsewhere({ clock }: Pick<Wiring, 'clock'>, session: Session): Promise<boolean> {
  if (session.ownsRedis) return false;
  const firstSeenAtMs = new Map<string, number>();
  for (;;) {
    const engines = await session.rollouts.engines();
    if (engines.length === 0) return false;
    for (const { id, seenAtMs } of engines) {
      if (seenAtMs > (firstSeenAtMs.get(id) ?? seenAtMs)) return true;
      firstSeenAtMs.set(id, seenAtMs);
    }
    await clock.sleep(LOOK_MS);
  }
}
