import type { RolloutEvent } from '../../../../../../shared/domain/events.ts';

/** Who an approval that opened by itself is by. */
const ITSELF = 'nodetide';

/** Whether a person did it. */
export function isActOfPerson(event: RolloutEvent): boolean {
  return 'by' in event && event.by !== ITSELF;
}
