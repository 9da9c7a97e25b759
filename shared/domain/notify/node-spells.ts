import { escalationText } from '../drain/escalation.ts';
import type { RolloutEvent } from '../events.ts';
import { nodeKey } from '../names.ts';
import type { StepName } from '../steps.ts';
import { type Spell, troublesOf } from './spell.ts';

type NodeEvent = Extract<RolloutEvent, { readonly cluster: string; readonly node: string }>;

/** Waits of nodes: a step that cannot go on, and a failure that nobody has answered. */
export class NodeSpells {
  readonly #spells = new Map<string, Spell>();

  open(): Spell[] {
    return [...this.#spells.values()];
  }

  /** Takes an event in; returns the spells that ended by it. */
  apply(event: RolloutEvent): Spell[] {
    switch (event.type) {
      case 'step-waiting':
        return this.#waits(event, event.step, event.reason, '');
      case 'drain-escalated':
        return this.#waits(event, event.step, escalationText(event), '');
      case 'attempt-failed':
        return this.#waits(event, event.step, event.failure.message, event.failure.todo ?? '');
      case 'step-failed':
        return this.#fails(event);
      case 'step-done':
      case 'step-skipped':
      case 'node-claimed':
      case 'node-retried':
      case 'node-repaired':
      case 'node-skip-asked':
      case 'node-redo-asked':
      case 'node-done':
      case 'node-skipped':
      case 'node-excluded':
      case 'node-aborted':
        return this.#end(event);
      default:
        return [];
    }
  }

  #waits(event: NodeEvent, step: StepName, reason: string, todo: string): Spell[] {
    // The soak of a node that is well is no trouble.
    if (troublesOf([reason]).length === 0) return this.#end(event);
    const key = nodeKey(event.cluster, event.node);
    const before = this.#spells.get(key);
    const goesOn = before?.kind === 'step' && before.step === step;
    const ended = goesOn ? [] : this.#end(event);
    const reasons = [reason];
    this.#spells.set(key, goesOn ? { ...before, reasons, todo } : { ...this.#fresh(event, step), reasons, todo });
    return ended;
  }

  #fails(event: Extract<RolloutEvent, { type: 'step-failed' }>): Spell[] {
    const ended = this.#end(event);
    const { message, todo = '' } = event.failure;
    const spell = { ...this.#fresh(event, event.step), kind: 'failed' as const, key: `${event.id}-failed` };
    const what = `${event.cluster}/${event.node}, which failed at ${event.step},`;
    this.#spells.set(nodeKey(event.cluster, event.node), { ...spell, what, reasons: [message], todo });
    return ended;
  }

  #end({ cluster, node }: NodeEvent): Spell[] {
    const key = nodeKey(cluster, node);
    const spell = this.#spells.get(key);
    this.#spells.delete(key);
    return spell ? [spell] : [];
  }

  #fresh({ id, atMs, cluster, node }: NodeEvent, step: StepName): Spell {
    const what = `${step} of ${cluster}/${node}`;
    const since = { kind: 'step', key: `${id}-step`, sinceMs: atMs } as const;
    return { ...since, cluster, stage: '', wave: -1, node, step, what, reasons: [], todo: '' };
  }
}
