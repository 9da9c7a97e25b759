import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterTimes } from '../../../../shared/domain/durations/times.ts';
import type { RolloutEvent } from '../../../../shared/domain/events.ts';
import type { Plan } from '../../../../shared/domain/plan.ts';
import type { EngineProcess, RolloutSummary } from '../../../../shared/ports/store.ts';
import { BORNE, CliError, EXIT } from '../../exit.ts';
import type { Rollouts } from '../../wiring.ts';
import type { ServerClient } from './client.ts';
import { ServerProblem, unreachable } from './problem.ts';
import { readEvents } from './sse.ts';

/** Most events the API gives at once. */
const PAGE = 5_000;

/** So often in a row the server may give no stream before it counts as gone, with a pause after each. */
type Patience = Readonly<Record<keyof typeof BORNE, number>>;

interface EventPage {
  readonly events: readonly RolloutEvent[];
  readonly last: string;
  readonly more: boolean;
}

/** What the commands ask, answered by a server. Who acts is whom the server takes us for. */
export function remoteRollouts(client: ServerClient, patience: Patience = BORNE): Rollouts {
  return {
    list: async () => (await client.get<{ rollouts: RolloutSummary[] }>('/rollouts')).rollouts,
    plan: id => orNull(client.get<Plan>(`/rollouts/${part(id)}/plan`)),
    events: (id, after, limit) => readPages(client, id, after ?? '', limit ?? Number.POSITIVE_INFINITY),
    follow: (id, after, signal) => followEvents(client, id, { after, signal, patience }),
    engines: async () => (await client.get<{ engines: EngineProcess[] }>('/engines')).engines,
    durations: cluster => client.get<ClusterTimes>(`/clusters/${part(cluster)}/durations`),
    create: () => {
      throw new CliError(EXIT.badInput, 'a rollout on a server begins with a plan made there');
    },
    command: async (id, command, _by, why) => {
      try {
        const { note } = await client.post<{ note: string }>(`/rollouts/${part(id)}/commands`, { ...command, why });
        return { ok: true, note };
      } catch (error) {
        if (error instanceof ServerProblem && error.problem === 'command-refused')
          return { ok: false, note: error.detail };
        throw error;
      }
    },
    stepLog: async (id, { cluster, node, round, step }, from) => {
      const query = `?step=${step}&round=${round}&from=${from}`;
      const path = `/rollouts/${part(id)}/nodes/${part(cluster)}/${part(node)}/log${query}`;
      const { steps } = await client.get<{ steps: { step: string; rows: string[] }[] }>(path);
      return steps.find(each => each.step === step)?.rows ?? [];
    },
  };
}

/** A name as part of a path. */
export function part(name: string): string {
  return encodeURIComponent(name);
}

async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ServerProblem && error.problem === 'unknown-rollout') return null;
    throw error;
  }
}

async function readPages(client: ServerClient, id: string, after: string, limit: number): Promise<RolloutEvent[]> {
  const events: RolloutEvent[] = [];
  for (let last = after; events.length < limit; ) {
    const query = `?after=${part(last)}&limit=${Math.min(PAGE, limit - events.length)}`;
    const page = await client.get<EventPage>(`/rollouts/${part(id)}/events${query}`);
    events.push(...page.events);
    last = page.last;
    if (!page.more) break;
  }
  return events;
}

/** Goes on where a broken stream ended: nothing is missed or told twice. */
async function* followEvents(
  client: ServerClient,
  id: string,
  { after, signal, patience }: { readonly after: string; readonly signal: AbortSignal; readonly patience: Patience },
): AsyncIterable<RolloutEvent> {
  let last = after;
  for (let troubles = 0; !signal.aborted; ) {
    try {
      const answer = await client.stream(`/rollouts/${part(id)}/events`, last, signal);
      // A proxy that cuts streams off now and then, while nothing happens all night, is no server that is gone.
      troubles = 0;
      for await (const event of readEvents(answer)) {
        const told = JSON.parse(event.data) as RolloutEvent;
        last = told.id;
        yield told;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof CliError && !error.mayPass) throw error;
      if (troubles >= patience.troubles) throw error instanceof CliError ? error : unreachable(client.url, error);
    }
    troubles += 1;
    await sleep(patience.pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
