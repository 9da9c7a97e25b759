import type { RolloutEvent } from './events.ts';

/** Who did what nobody did: an approval that opened by itself. */
const ITSELF = 'nodetide';

/** An event that says who did something. */
export type ActEvent = Extract<RolloutEvent, { readonly by: string }>;

/** Whether an event is a person's act, also that of making the rollout. */
export function isAct(event: RolloutEvent): event is ActEvent {
  return 'by' in event && event.by !== ITSELF;
}
