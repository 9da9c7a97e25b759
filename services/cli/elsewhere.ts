import type { Session, Wiring } from './wiring.ts';

const LOOK_MS = 250;

/**
 * Whether an engine runs elsewhere: one that is heard again while we listen, for what was killed is listed for a while
 * longer. Nobody else can have worked on a Redis that came up with this process.
 */
export async function engineElsewhere({ clock }: Pick<Wiring, 'clock'>, session: Session): Promise<boolean> {
  if (session.ownsRedis) return false;
  let before = new Map<string, number>();
  for (;;) {
    const engines = await session.rollouts.engines();
    if (engines.length === 0) return false;
    if (engines.some(engine => engine.seenAtMs > (before.get(engine.id) ?? Number.POSITIVE_INFINITY))) return true;
    // One that has come since the first look is alive too: its next beat will tell.
    before = new Map(engines.map(engine => [engine.id, before.get(engine.id) ?? engine.seenAtMs]));
    await clock.sleep(LOOK_MS);
  }
}
