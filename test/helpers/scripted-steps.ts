import { EventEmitter, once } from 'node:events';
import type { Proofs } from '../../shared/domain/proof.ts';
import { STEPS, type StepName } from '../../shared/domain/steps.ts';
import type { Step, StepContext, StepOutcome } from '../../shared/ports/step.ts';

/** What a scripted step does on a visit; nothing: it is done at once. */
export type Behaviour = (context: StepContext<unknown>) => Promise<StepOutcome<StepName> | undefined>;

/** One visit of a step, as it happened. */
export interface Act {
  readonly cluster: string;
  readonly node: string;
  readonly step: StepName;
  readonly phase: 'begin' | 'end' | 'give-up';
}

/** Steps that touch nothing: they note what was asked of them, and do what a test tells them. */
export class ScriptedSteps {
  readonly acts: Act[] = [];
  readonly #events = new EventEmitter();
  readonly #behaviours = new Map<string, Behaviour>();

  constructor() {
    this.#events.setMaxListeners(0);
  }

  /** Sets what `step` does on `node` (`*`: every node) from now on. */
  on(node: string, step: StepName, behaviour: Behaviour | null): void {
    if (behaviour) this.#behaviours.set(`${node} ${step}`, behaviour);
    else this.#behaviours.delete(`${node} ${step}`);
  }

  /** Resolves when such an act has been, or is there already. */
  async seen(node: string, step: StepName, phase: Act['phase'] = 'begin', times = 1): Promise<void> {
    const count = () => this.acts.filter(act => act.node === node && act.step === step && act.phase === phase).length;
    while (count() < times) await once(this.#events, 'act');
  }

  /** Nodes that have begun drain and not ended uncordon, at most, over the acts so far. */
  mostAway(nodes?: readonly string[]): number {
    const away = new Set<string>();
    let most = 0;
    for (const act of this.acts) {
      const key = `${act.cluster}/${act.node}`;
      if (nodes && !nodes.includes(act.node)) continue;
      if (act.step === 'drain' && act.phase === 'begin') away.add(key);
      if (act.step === 'uncordon' && act.phase === 'end') away.delete(key);
      most = Math.max(most, away.size);
    }
    return most;
  }

  /** How often a step of a node came to its end. */
  ends(node: string, step: StepName): number {
    return this.acts.filter(act => act.node === node && act.step === step && act.phase === 'end').length;
  }

  steps(): Step[] {
    return STEPS.map(name => this.#step(name));
  }

  #step(name: StepName): Step {
    const tell = (context: StepContext<unknown>, phase: Act['phase']) => {
      this.acts.push({ cluster: context.node.cluster, node: context.node.name, step: name, phase });
      this.#events.emit('act');
    };
    return {
      name,
      run: async context => {
        tell(context, 'begin');
        const key = context.node.name;
        const behaviour = this.#behaviours.get(`${key} ${name}`) ?? this.#behaviours.get(`* ${name}`);
        const outcome = (await behaviour?.(context)) ?? { kind: 'done', proof: {} as Proofs[StepName], note: 'ok' };
        if (outcome.kind === 'done') tell(context, 'end');
        return outcome;
      },
      giveUp: context => {
        tell(context, 'give-up');
        return Promise.resolve('as the test left it');
      },
    };
  }
}
