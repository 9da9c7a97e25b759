import { loadFleet } from '../../../shared/config/load.ts';
import type { Delivery } from '../../../shared/domain/notify/routing.ts';
import { startDeliveries } from '../../../shared/domain/notify/schedule.ts';
import type { StartOutcome, StoredSchedule } from '../../../shared/domain/schedule.ts';

/** What people are told of a start that came to nothing. A fleet file that cannot be read names nobody. */
export function outcomeDeliveries(schedule: StoredSchedule, dueMs: number, outcome: StartOutcome): readonly Delivery[] {
  if (outcome.kind === 'started' || outcome.kind === 'nothing') return [];
  const { fleet } = loadFleet(schedule.fleetFile);
  return fleet ? startDeliveries(fleet, schedule, dueMs, outcome) : [];
}
