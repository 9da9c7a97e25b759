import { existsSync } from 'node:fs';
import type { MarkFacts } from '../../../shared/domain/left-behind.ts';
import { nodeKey } from '../../../shared/domain/names.ts';
import type { RolloutStatus } from '../../../shared/domain/status.ts';
import { readStatus } from '../commands/rollout.ts';
import { redisPlace } from '../options.ts';
import type { Rollouts, Session, Wiring } from '../wiring.ts';

/** What the Redis of this installation knows of rollouts; opened when first asked. */
export interface KnownRollouts {
  /** null: it does not know the rollout, or there is no Redis. */
  of(rollout: string, cluster: string, node: string): Promise<MarkFacts['rollout']>;
  /** Whether anybody carries rollouts on. */
  hasEngine(): Promise<boolean>;
  close(): Promise<void>;
}

/** Asks the Redis that the options name; where there is none, none is started: it could not know anything. */
export function knownRollouts(wiring: Wiring, options: { redis?: string; data?: string }): KnownRollouts {
  const place = redisPlace(options, wiring.env);
  let opening: Promise<Session> | null = null;
  const session = async (): Promise<Session | null> => {
    if (place.redis === undefined && !existsSync(place.data)) return null;
    opening ??= wiring.openSession(place, { quiet: true });
    return opening;
  };
  const statuses = new Map<string, Promise<RolloutStatus | null>>();
  return {
    of: async (rollout, cluster, node) => {
      const rollouts = (await session())?.rollouts;
      if (!rollouts) return null;
      const reading = statuses.get(rollout) ?? statusOf(rollouts, rollout);
      statuses.set(rollout, reading);
      const status = await reading;
      return status && { state: status.state, node: status.nodes[nodeKey(cluster, node)]?.state ?? null };
    },
    hasEngine: async () => ((await (await session())?.rollouts.engines()) ?? []).length > 0,
    close: async () => {
      // What kept it from being opened is told by whoever asked.
      await opening?.then(
        opened => opened.close(),
        () => undefined,
      );
    },
  };
}

async function statusOf(rollouts: Rollouts, id: string): Promise<RolloutStatus | null> {
  const summary = (await rollouts.list()).find(each => each.id === id);
  return summary ? readStatus(rollouts, id) : null;
}
