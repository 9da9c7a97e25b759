import fc from 'fast-check';
import type { Command } from '../../../shared/domain/command.ts';
import type { RolloutEvent } from '../../../shared/domain/events.ts';
import { type StatusFold, startFold } from '../../../shared/domain/fold.ts';
import { type Plan, planClusters, planNodes } from '../../../shared/domain/plan.ts';
import type { TestEngine } from '../engine.ts';
import { tinyPlan } from '../plan.ts';
import { anyCommand, commandOf, type DrawnCommand } from '../store-model/commands.ts';
import { RandomSteps } from './random-steps.ts';

const anyIncident = fc.record({
  /** Events of the journal to let go by first, unless nothing goes on before. */
  after: fc.nat({ max: 12 }),
  what: fc.oneof(
    { weight: 6, arbitrary: anyCommand },
    { weight: 5, arbitrary: fc.constantFrom('scheduler', 'worker', 'both', 'second', 'abort') },
  ),
  pick: fc.nat({ max: 20 }),
});
type Incident = typeof anyIncident extends fc.Arbitrary<infer T> ? T : never;

/** A small fleet, and what befalls it on its way. */
export const anyRun = fc.record({
  seed: fc.nat(),
  first: fc.integer({ min: 1, max: 4 }),
  second: fc.nat({ max: 2 }),
  stages: fc.integer({ min: 1, max: 2 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  failureBudget: fc.nat({ max: 2 }),
  attempts: fc.integer({ min: 1, max: 2 }),
  incidents: fc.array(anyIncident, { maxLength: 8 }),
  ending: fc.constantFrom('retry', 'skip'),
});
/** One of {@link anyRun}. */
export type Run = typeof anyRun extends fc.Arbitrary<infer T> ? T : never;

/** The plan of a run. */
export function planOf({ first, second, stages, concurrency, failureBudget, attempts }: Run): Plan {
  const names = (count: number, letter: string) => Array.from({ length: count }, (_, at) => `${letter}${at + 1}`);
  const waves = [
    { nodes: names(first, 'n'), concurrency },
    ...(second > 0 ? [{ nodes: names(second, 'cp'), concurrency }] : []),
  ];
  const live = stages > 1 ? { live: { b: [{ nodes: ['n1', 'n2'], concurrency: 2 }] } } : {};
  return tinyPlan({ stages: { dev: { a: waves }, ...live }, failureBudget, limits: { attempts } });
}

/** Carries a run to its end. Everything happens on an event of the journal. */
export class Interleaving {
  readonly #engine: TestEngine;
  readonly #run: Run;
  readonly #plan: Plan;
  readonly #steps: RandomSteps;
  readonly #left: Incident[];
  #services: Record<'scheduler' | 'worker', { stop(): Promise<void> }[]> = { scheduler: [], worker: [] };
  #quietFor = 0;
  #id = '';

  constructor(engine: TestEngine, run: Run) {
    this.#engine = engine;
    this.#run = run;
    this.#plan = planOf(run);
    this.#steps = new RandomSteps(run.seed);
    this.#left = [...run.incidents];
  }

  /** Returns the rollout's id once it has ended, whatever happened to it. */
  async carry(signal: AbortSignal): Promise<string> {
    await this.#start('worker');
    await this.#start('scheduler');
    this.#id = await this.#engine.rollout(this.#plan);
    const fold = startFold(this.#plan, this.#id);
    for await (const event of this.#engine.store.follow(this.#id, '', signal)) {
      fold.apply(event);
      if (event.type === 'rollout-ended') return this.#id;
      await this.#react(event, fold);
    }
    throw new Error(`did not end: ${JSON.stringify(fold.status())}`);
  }

  async #react(event: RolloutEvent, fold: StatusFold): Promise<void> {
    const { state } = fold.status();
    this.#quietFor += 1;
    for (;;) {
      const next = this.#left[0];
      if (!next) break;
      const stuck = state === 'paused' || state === 'waiting-on-person';
      if (this.#quietFor < next.after && !stuck) return;
      this.#quietFor = 0;
      this.#left.shift();
      await this.#befall(next);
      if (!stuck) return;
    }
    await this.#end(event, fold);
  }

  /** All incidents are over: no further trouble, and a person deals with what is left. */
  async #end(event: RolloutEvent, fold: StatusFold): Promise<void> {
    const { ending } = this.#run;
    const first = !this.#steps.calm;
    this.#steps.calm = true;
    if (first) await this.#command({ kind: 'resume' });
    for (const node of Object.values(fold.status().nodes)) {
      const news =
        first || (event.type === 'step-failed' && event.node === node.node && event.cluster === node.cluster);
      if (!news || (ending === 'retry' && node.state !== 'failed')) continue;
      await this.#command({ kind: ending as 'retry' | 'skip', cluster: node.cluster, node: node.node });
    }
  }

  async #befall({ what, pick }: Incident): Promise<void> {
    if (typeof what !== 'string') return this.#act(what);
    switch (what) {
      case 'abort':
        return pick < 7 ? this.#command({ kind: 'abort' }) : undefined;
      case 'second':
        return this.#start(pick % 2 === 0 ? 'scheduler' : 'worker');
      case 'both':
        await this.#restart('scheduler');
        return this.#restart('worker');
      case 'scheduler':
      case 'worker':
        return this.#restart(what);
    }
  }

  async #act(drawn: DrawnCommand): Promise<void> {
    const places = planClusters(this.#plan).flatMap(({ name, waves }) =>
      waves.map(({ index }) => ({ cluster: name, wave: index })),
    );
    const command = commandOf({ nodes: planNodes(this.#plan), places: () => places }, drawn);
    if (command) await this.#command(command);
  }

  async #start(role: 'scheduler' | 'worker'): Promise<void> {
    const steps = this.#steps.scripted.steps();
    this.#services[role].push(role === 'worker' ? await this.#engine.worker(steps) : await this.#engine.scheduler());
  }

  async #restart(role: 'scheduler' | 'worker'): Promise<void> {
    await Promise.all(this.#services[role].splice(0).map(service => service.stop()));
    await this.#start(role);
  }

  async #command(command: Command): Promise<void> {
    await this.#engine.command(this.#id, command);
  }
}
