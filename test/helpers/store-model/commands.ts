import fc from 'fast-check';
import type { BudgetPlace, Command } from '../../../shared/domain/command.ts';
import type { NodeState } from '../../../shared/domain/events.ts';
import { nodeKey } from '../../../shared/domain/names.ts';
import type { PlanNode } from '../../../shared/domain/plan.ts';
import type { EngineStore } from '../../../shared/ports/engine-store.ts';

const NODE_KINDS = ['retry', 'retry', 'retry', 'skip', 'redo', 'redo', 'repaired', 'repaired', 'exclude'] as const;
const ROLLOUT_KINDS = ['pause', 'resume', 'resume', 'stop', 'retry-all'] as const;

/** A person's act in general: `pick` chooses among the nodes or places there are. */
export const anyCommand = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...NODE_KINDS) },
    { weight: 3, arbitrary: fc.constantFrom(...ROLLOUT_KINDS) },
    { weight: 3, arbitrary: fc.constantFrom('concurrency' as const, 'failure-budget' as const) },
  ),
  pick: fc.nat({ max: 11 }),
  /** Of a budget. */
  place: fc.constantFrom('rollout' as const, 'cluster' as const, 'wave' as const),
  amount: fc.constantFrom(0, 1, 1, 2, 4),
});
/** One of {@link anyCommand}. */
export type DrawnCommand = typeof anyCommand extends fc.Arbitrary<infer T> ? T : never;

/** States in which an act on a node has much to do. */
const FITTING: Readonly<Record<string, readonly NodeState[]>> = {
  retry: ['failed'],
  repaired: ['failed'],
  redo: ['claimed', 'failed', 'done', 'skipped'],
};

/** As {@link commandOf}, but on a node in a state that fits, mostly, if there is one. */
export async function fittingCommand(world: StatesWorld, drawn: DrawnCommand): Promise<Command | undefined> {
  const keys = world.nodes.map(node => nodeKey(node.cluster, node.name));
  const records = await world.store.nodes(world.id, keys);
  const states = FITTING[drawn.kind] ?? [];
  const fitting = world.nodes.filter((_, at) => states.includes(records[at]?.state ?? 'pending'));
  const nodes = fitting.length > 0 && drawn.amount > 0 ? fitting : world.nodes;
  return commandOf({ nodes, places: () => world.places() }, drawn);
}

/** What acts are on, with the states of its nodes. */
export interface StatesWorld extends CommandWorld {
  readonly id: string;
  readonly store: Pick<EngineStore, 'nodes'>;
}

/** What acts are on. */
export interface CommandWorld {
  readonly nodes: readonly PlanNode[];
  places(): readonly { readonly cluster: string; readonly wave: number }[];
}

/** The act on a plan's own nodes and waves. */
export function commandOf(world: CommandWorld, { kind, pick, place, amount }: DrawnCommand): Command | undefined {
  const places = world.places();
  const at = places[pick % places.length];
  const planned = world.nodes[pick % world.nodes.length];
  if (!at || !planned) return undefined;
  switch (kind) {
    case 'pause':
    case 'resume':
    case 'stop':
    case 'retry-all':
      return { kind };
    case 'concurrency':
      return { kind, ...at, concurrency: amount };
    case 'failure-budget':
      return { kind, place: budgetPlace(place, at), budget: amount };
    default:
      return { kind, cluster: planned.cluster, node: planned.name };
  }
}

function budgetPlace(of: DrawnCommand['place'], { cluster, wave }: { cluster: string; wave: number }): BudgetPlace {
  if (of === 'rollout') return { of };
  return of === 'cluster' ? { of, cluster } : { of, cluster, wave };
}
