import { loadFleet } from '../../../shared/config/load.ts';
import { startDeliveries } from '../../../shared/domain/notify/schedule.ts';
import type { StartOutcome, StoredSchedule } from '../../../shared/domain/schedule.ts';
import type { ScheduleDeps } from './deps.ts';

/**
 * Tells people of a start that came to nothing. Before it is settled: who dies in between leaves it to the next, and
 * what is in the outbox is not added twice. A fleet file that cannot be read names nobody.
 */
export async function tellOutcome(
  deps: Pick<ScheduleDeps, 'tell'>,
  schedule: StoredSchedule,
  dueMs: number,
  outcome: StartOutcome,
): Promise<void> {
  if (!deps.tell || outcome.kind === 'started' || outcome.kind === 'nothing') return;
  const { fleet } = loadFleet(schedule.fleetFile);
  if (fleet) await deps.tell(startDeliveries(fleet, schedule, dueMs, outcome));
}
