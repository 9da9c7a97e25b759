import type { ApiRollouts } from '../../services/api/ports.ts';
import type { Command } from '../../shared/domain/command.ts';
import type { RolloutEvent } from '../../shared/domain/events.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { CommandAnswer } from '../../shared/ports/store.ts';

/** One rollout in memory, whose journal the test writes. */
export class WrittenRollouts implements ApiRollouts {
  readonly id: string;
  readonly commands: { command: Command; by: string; why: string }[] = [];
  journal: RolloutEvent[];
  answer: CommandAnswer = { ok: true, note: 'as you say' };
  /** Events that were read, in all. */
  read = 0;
  readonly #plan: Plan;

  constructor(plan: Plan, journal: readonly RolloutEvent[] = [], id = 'r-1') {
    this.#plan = plan;
    this.journal = [...journal];
    this.id = id;
  }

  list = async () => [];
  now = async () => 0;
  durations = async () => ({});
  nodeEvents = async (_: string, cluster: string, node: string) =>
    this.journal.filter(
      event => 'cluster' in event && 'node' in event && event.cluster === cluster && event.node === node,
    );
  plan = async (id: string) => (id === this.id ? this.#plan : null);
  events = async (_: string, after = '', limit = Number.POSITIVE_INFINITY): Promise<RolloutEvent[]> => {
    const events = this.journal.filter(event => order(event.id) > order(after)).slice(0, limit);
    this.read += events.length;
    return events;
  };
  async *follow(_: string, after: string, signal: AbortSignal): AsyncIterable<RolloutEvent> {
    yield* this.journal.filter(event => order(event.id) > order(after));
    await new Promise(resolve => {
      signal.addEventListener('abort', resolve);
    });
  }
  engines = async () => [];
  command = async (_: string, command: Command, by: string, why: string): Promise<CommandAnswer> => {
    this.commands.push({ command, by, why });
    return this.answer;
  };
  stepLog = async () => [];
}

function order(id: string): number {
  return id === '' ? -1 : Number(id.split('-')[0]);
}
