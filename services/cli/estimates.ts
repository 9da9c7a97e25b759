import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { failureOf } from '../../shared/domain/failure.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { readTimes, type Times } from '../common/estimates.ts';
import { withSession } from './commands/rollout.ts';
import { redisPlace } from './options.ts';
import type { Wiring } from './wiring.ts';

/**
 * What is known of the clusters of a plan, from the Redis that the options name, for commands that need none: nothing is
 * made where none is yet, and a Redis that does not answer is told and does no harm.
 */
export async function knownTimes(
  wiring: Wiring,
  options: { readonly redis?: string; readonly data?: string },
  plan: Plan,
): Promise<Times> {
  const place = redisPlace(options, wiring.env);
  if (place.redis === undefined && !existsSync(join(place.data, 'appendonlydir'))) return {};
  try {
    return await withSession(wiring, options, session => readTimes(session.rollouts, plan), { quiet: true });
  } catch (error) {
    wiring.terminal.err(`note: what nodes took before is not known: ${failureOf(error).message}`);
    return {};
  }
}
