import { setTimeout as sleep } from 'node:timers/promises';
import type { Draft } from '../../../../shared/domain/draft/draft.ts';
import { CliError, EXIT } from '../../exit.ts';
import type { ServerPlanning } from '../../wiring.ts';
import type { ServerClient } from './client.ts';
import { part } from './rollouts.ts';

const LOOK_MS = 300;
/** Looks at a plan between two at whether anybody is there to make it. */
const LOOKS = 30;

/** What a server plans. Who asks is whom the server takes us for. */
export function remotePlanning(client: ServerClient): ServerPlanning {
  return {
    ask: request => client.post<Draft>('/drafts', request),
    made: (id, signal) => untilMade(client, id, signal),
    remove: async id => void (await client.delete(`/drafts/${part(id)}`)),
    begin: async (draft, options) => (await client.post<{ id: string }>('/rollouts', { draft, ...options })).id,
    addSchedule: async (name, data) => void (await client.postOnce('/schedules', { name, ...data })),
  };
}

async function untilMade(client: ServerClient, id: string, signal: AbortSignal): Promise<Draft> {
  for (let looks = 1; ; looks += 1) {
    signal.throwIfAborted();
    const draft = await client.get<Draft>(`/drafts/${part(id)}`);
    if (draft.state === 'ready' || draft.state === 'refused') return draft;
    if (looks % LOOKS === 0) await needPlanner(client);
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** CliError when nobody is left who could make a plan. */
async function needPlanner(client: ServerClient): Promise<void> {
  const { planners } = await client.get<{ planners: readonly unknown[] }>('/drafts');
  if (planners.length > 0) return;
  throw new CliError(EXIT.cannotConnect, 'the scheduler that was to make the plan is gone: start one with -f FILE');
}
