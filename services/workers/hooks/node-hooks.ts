import { performance } from 'node:perf_hooks';
import type { HookEvent } from '../../../shared/domain/events.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import { hookEnvironment } from '../../../shared/domain/hooks/environment.ts';
import type { Hook, HookTarget } from '../../../shared/domain/hooks/hook.ts';
import {
  afterFailure,
  type HookMemory,
  hasRun,
  hookMemoryOf,
  spentMs,
  withBegun,
  withRun,
  withSpent,
  withUnderWay,
} from '../../../shared/domain/hooks/memory.ts';
import { type HookMoment, hasHooksOf, hooksAt, momentText } from '../../../shared/domain/hooks/moment.ts';
import { type Plan, type PlanNode, planClusters } from '../../../shared/domain/plan.ts';
import type { BeginAnswer, StepRef } from '../../../shared/ports/engine-store.ts';
import type { Host } from '../../../shared/ports/host.ts';
import { type HookRun, runOnControl } from '../../common/run-hook.ts';
import type { WorkerDeps } from '../deps.ts';
import type { FlagSignal } from '../flag-watch.ts';
import { Interrupted } from '../interrupted.ts';
import type { JobLog } from '../job-log.ts';
import type { StepTime } from '../step-time.ts';
import { runOnHost } from './on-host.ts';

/** What the hooks of one visit need. */
export interface HookVisit {
  readonly deps: WorkerDeps;
  readonly rollout: string;
  readonly plan: Plan;
  /** Index of the node's wave. */
  readonly wave: number;
  readonly node: PlanNode;
  readonly hooks: readonly Hook[];
  readonly ref: StepRef;
  readonly begin: Extract<BeginAnswer, { kind: 'go' }>;
  readonly attempt: number;
  readonly log: Pick<JobLog, 'write'>;
  readonly time: StepTime;
  /** Aborted when the worker stops or its job is another's; the step's own time does not end a hook. */
  readonly signal: AbortSignal;
  /** A person skips or aborts: what runs before an act is cut off; what puts things back is not. */
  readonly flagged: Pick<FlagSignal, 'signal'>;
}

/** Why a step did not end well, for the hooks that are told. */
export interface HookReason {
  readonly reason: string;
  readonly code: string;
}

const NO_REASON: HookReason = { reason: '', code: '' };
const PAUSE_MS = 1_000;
const PAUSE_MAX_MS = 30_000;

/** The operators' hooks around a node and its steps, as one visit of a step comes by them. */
export class NodeHooks {
  readonly #visit: HookVisit;
  #memory: HookMemory;
  readonly #sinceMs = performance.now();
  #spentNowMs = 0;

  constructor(visit: HookVisit) {
    this.#visit = visit;
    this.#memory = hookMemoryOf(visit.begin.hooks, visit.begin.elapsedMs);
  }

  /** What hooks before the step took in this attempt: none of the step's own time, ms. */
  get spentMs(): number {
    return Math.min(spentMs(this.#memory, this.#visit.attempt), this.#visit.begin.elapsedMs + this.#spentNowMs);
  }

  /**
   * Those before the node (or before the step), unless they have run. Throws StepError `hook-failed` for one that stops,
   * Interrupted when the step may not go on, and the signal's reason.
   */
  async before(of: HookTarget): Promise<void> {
    const { hooks } = this.#visit;
    if (!hasHooksOf(hooks, of)) return;
    const moment = { when: 'before', of } as const;
    const due = hooksAt(hooks, moment).filter(hook => !hasRun(this.#memory, hook.name, moment));
    if (due.length === 0 && this.#memory.begun.includes(of)) return;
    await this.#aside(async begun => {
      await this.#guard(moment);
      await this.#keep(begun(withBegun(this.#memory, of)));
      for (const hook of due) await this.#settle(hook, moment, NO_REASON);
    });
  }

  /** Those after a drain that another step did itself. Throws as {@link before}. */
  async afterDrain(): Promise<void> {
    const moment = { when: 'after', of: 'drain', outcome: 'done' } as const;
    const due = hooksAt(this.#visit.hooks, moment).filter(hook => !hasRun(this.#memory, hook.name, moment));
    if (due.length === 0 || !this.#memory.begun.includes('drain')) return;
    await this.#aside(async begun => {
      await this.#keep(begun(this.#memory));
      for (const hook of due) await this.#settle(hook, moment, NO_REASON);
    });
  }

  /** Work that takes none of the step's own time, also if this process dies in it. `begun` notes when it began. */
  async #aside(work: (begun: (memory: HookMemory) => HookMemory) => Promise<void>): Promise<void> {
    const { time, attempt, begin } = this.#visit;
    const sinceMs = begin.elapsedMs + performance.now() - this.#sinceMs;
    const took = await time.standStill(() => work(memory => withUnderWay(memory, attempt, sinceMs)));
    this.#spentNowMs += took;
    await this.#keep(withSpent(this.#memory, attempt, took));
  }

  /** Those after a step that is done, and after the node if that was its last. Throws as {@link before}. */
  async afterDone(): Promise<void> {
    const { ref } = this.#visit;
    for (const of of ref.step === 'uncordon' ? ([ref.step, 'node'] as const) : [ref.step]) {
      if (!this.#memory.begun.includes(of)) continue;
      await this.#all({ when: 'after', of, outcome: 'done' }, NO_REASON);
    }
  }

  /**
   * Those after a step and a node that did not end well; none of them can stop anything any more. Throws Interrupted
   * `superseded`, and the signal's reason.
   */
  async afterTrouble(outcome: 'failed' | 'skipped' | 'aborted', why: HookReason): Promise<void> {
    for (const of of [this.#visit.ref.step, 'node'] as const) {
      // What was never begun needs no end; a failure is told all the same.
      if (outcome !== 'failed' && !this.#memory.begun.includes(of)) continue;
      await this.#all({ when: 'after', of, outcome }, why);
    }
  }

  /** What is to be kept with the step's failure. */
  keptAfterFailure(): HookMemory | null {
    return this.#visit.hooks.length === 0 ? null : afterFailure(this.#memory);
  }

  async #all(moment: HookMoment, why: HookReason): Promise<void> {
    for (const hook of hooksAt(this.#visit.hooks, moment)) {
      if (!hasRun(this.#memory, hook.name, moment)) await this.#settle(hook, moment, why);
    }
  }

  /** Runs a hook until it succeeds or its attempts are over, and keeps what came of it. */
  async #settle(hook: Hook, moment: HookMoment, why: HookReason): Promise<void> {
    const run = await this.#try(hook, moment, why);
    const at = { cluster: this.#visit.ref.cluster, node: this.#visit.ref.node } as const;
    const told = { ...at, hook: hook.name, when: moment.when, of: moment.of } as const;
    if (run.ok) {
      await this.#keep(withRun(this.#memory, hook.name, moment), { type: 'hook-done', ...told, tookMs: run.tookMs });
      return;
    }
    const canStop = moment.when === 'before' || moment.outcome === 'done';
    if (canStop && hook.onFailure === 'stop') {
      const message = `hook ${hook.name} (${momentText(moment)}) failed: ${run.reason}`;
      throw fail('hook-failed', { message, ...(run.output === '' ? {} : { seen: run.output }) });
    }
    await this.#keep(withRun(this.#memory, hook.name, moment), { type: 'hook-failed', ...told, reason: run.reason });
  }

  async #try(hook: Hook, moment: HookMoment, why: HookReason): Promise<HookRun> {
    const { deps, log } = this.#visit;
    const signal = this.#signalFor(moment);
    const place = hook.on === 'host' ? 'on the host' : `on ${deps.name}`;
    for (let attempt = 1; ; attempt += 1) {
      await this.#guard(moment);
      log.write(`» hook ${hook.name}, ${momentText(moment)}, ${place}\n`);
      const run = await this.#runOnce(hook, moment, why);
      if (run.output !== '') log.write(`${run.output}\n`);
      log.write(
        `» hook ${hook.name}: ${run.ok ? 'done' : `failed, attempt ${attempt} of ${hook.attempts}: ${run.reason}`}\n`,
      );
      if (run.ok || attempt >= hook.attempts) return run;
      await deps.clock.sleep(Math.min(PAUSE_MS * 2 ** (attempt - 1), PAUSE_MAX_MS), signal);
    }
  }

  async #runOnce(hook: Hook, moment: HookMoment, why: HookReason): Promise<HookRun> {
    const { deps, rollout, plan, wave, node, ref, attempt } = this.#visit;
    const signal = this.#signalFor(moment);
    const env = hookEnvironment(hook, moment, {
      fleet: plan.fleet,
      rollout,
      cluster: ref.cluster,
      wave: planClusters(plan).find(each => each.name === ref.cluster)?.waves[wave] ?? null,
      node,
      step: ref.step,
      round: ref.round,
      attempt,
      ...why,
    });
    if (hook.on === 'control') return runOnControl(deps.control, deps.clock, hook, env, signal);
    const host: Host = deps.connectHost(node, plan.profiles);
    return runOnHost(host, deps.clock, hook, env, signal);
  }

  #signalFor({ when }: HookMoment): AbortSignal {
    const { signal, flagged } = this.#visit;
    return when === 'before' ? AbortSignal.any([signal, flagged.signal]) : signal;
  }

  /** A hook never runs for a worker that has been overtaken; one before an act, only while that act is allowed. */
  async #guard({ when }: HookMoment): Promise<void> {
    const { deps, rollout, ref, begin, signal } = this.#visit;
    signal.throwIfAborted();
    const heard = await deps.store.report(rollout, ref, begin.epoch, { outcome: 'check' });
    if (!heard.ok && (when === 'before' || heard.why === 'superseded'))
      throw new Interrupted(heard.why ?? 'superseded');
  }

  async #keep(memory: HookMemory, told?: HookEvent): Promise<void> {
    const { deps, rollout, ref, begin } = this.#visit;
    if (memory === this.#memory) return;
    const heard = await deps.store.report(rollout, ref, begin.epoch, {
      outcome: 'hooks',
      kept: memory,
      ...(told ? { told } : {}),
    });
    if (!heard.ok) throw new Interrupted('superseded');
    this.#memory = memory;
  }
}
