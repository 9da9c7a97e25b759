import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Draft } from '../../../../shared/domain/draft/draft.ts';
import type { Planner } from '../../../../shared/domain/draft/planner.ts';
import { CliError, EXIT } from '../../exit.ts';
import type { ServerPlanning } from '../../wiring.ts';
import type { ServerClient } from './client.ts';
import { part } from './rollouts.ts';

const LOOK_MS = 300;
/** Looks at a plan between two at whether anybody is there to make it. */
const LOOKS = 30;
/** One that is started anew is gone for a moment. */
const GONE = 2;

/** How often a plan is looked at, and after how many of that it is looked whether anybody is there to make it. */
type Pace = { readonly lookMs: number; readonly looks: number };

/** What a server plans. Who asks is whom the server takes us for. */
export function remotePlanning(client: ServerClient, pace: Pace = { lookMs: LOOK_MS, looks: LOOKS }): ServerPlanning {
  return {
    ask: (request, signal) => client.post<Draft>('/drafts', { ...request, key: randomUUID() }, signal),
    made: (id, signal) => untilMade(client, id, { pace, signal }),
    remove: async (id, signal) => void (await client.delete(`/drafts/${part(id)}`, signal)),
    begin: async (draft, options) => (await client.post<{ id: string }>('/rollouts', { draft, ...options })).id,
    addSchedule: async (name, data) => void (await client.postOnce('/schedules', { name, ...data })),
  };
}

async function untilMade(
  client: ServerClient,
  id: string,
  { pace: { lookMs, looks }, signal }: { readonly pace: Pace; readonly signal: AbortSignal },
): Promise<Draft> {
  for (let [looked, gone] = [1, 0]; ; looked += 1) {
    signal.throwIfAborted();
    const draft = await client.get<Draft>(`/drafts/${part(id)}`, signal);
    if (draft.state === 'ready' || draft.state === 'refused') return draft;
    if (looked % looks === 0) gone = (await hasPlanner(client, draft, signal)) ? 0 : gone + 1;
    if (gone === GONE) throw new CliError(EXIT.cannotConnect, noneLeft(draft));
    await sleep(lookMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Whether anybody is left who could make the plan: others have another fleet file. */
async function hasPlanner(client: ServerClient, { fleetFile }: Draft, signal: AbortSignal): Promise<boolean> {
  const { planners } = await client.get<{ planners: readonly Pick<Planner, 'fleetFile'>[] }>('/drafts', signal);
  return planners.some(planner => planner.fleetFile === fleetFile);
}

function noneLeft({ fleetFile }: Draft): string {
  return `no scheduler with ${fleetFile} runs any more, and only such a one makes this plan: start one there, nodetide up -f ${fleetFile}, and ask again`;
}
