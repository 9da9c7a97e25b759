import type { DrainEscalation } from '../events.ts';

/** Most pods named in one line. */
const NAMED = 3;

/** An escalation in one line: the pods, their budgets, for how long they have been refused. */
export function escalationText({ act, pods }: DrainEscalation): string {
  const named = pods
    .slice(0, NAMED)
    .map(each => `${each.pod} (${each.budgets.join(', ')}, ${minutes(each.refusedForMs)})`);
  const more = pods.length > NAMED ? ` and ${pods.length - NAMED} more` : '';
  const what = act === 'notified' ? 'budgets have refused for long' : 'deleting though budgets refuse';
  return `${what}: ${named.join(', ')}${more}`;
}

function minutes(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
