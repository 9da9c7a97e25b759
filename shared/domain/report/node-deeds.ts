import type { RolloutEvent } from '../events.ts';
import { hookWarning } from '../hooks/warning.ts';
import type { OsRelease, PackageChange, Proofs } from '../proof.ts';
import { STEPS, type StepName } from '../steps.ts';
import type { NodeReport } from './report.ts';
import { UpgradeDeeds } from './upgrade-deeds.ts';

/** What the events of one node say of it, in all rounds; the rest of a {@link NodeReport} is known from plan and status. */
export type NodeDeeds = Pick<
  NodeReport,
  | 'claimedAtMs'
  | 'changes'
  | 'changesKnown'
  | 'left'
  | 'image'
  | 'kernelBefore'
  | 'kernelAfter'
  | 'osBefore'
  | 'osAfter'
  | 'reboots'
  | 'rebootsByOthers'
  | 'downtimeMs'
  | 'cordonedMs'
  | 'evicted'
  | 'deleted'
  | 'steps'
  | 'warnings'
>;

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type StepEvent = Extract<RolloutEvent, { step: StepName }>;

/** How the state begins in which a failed step left a node that policy `onInterrupted` let it give back. */
const GIVEN_BACK = /(?:^|; )uncordoned again: /;

/** The events of one node, one after another. */
export class NodeDeedsFold {
  readonly #deeds: Writable<Omit<NodeDeeds, 'changes' | 'changesKnown' | 'steps' | 'cordonedMs'>> = {
    claimedAtMs: null,
    left: [],
    image: null,
    kernelBefore: null,
    kernelAfter: null,
    osBefore: null,
    osAfter: null,
    reboots: 0,
    rebootsByOthers: 0,
    downtimeMs: null,
    evicted: [],
    deleted: [],
    warnings: [],
  };
  readonly #changes = new Map<string, PackageChange>();
  readonly #upgrades = new UpgradeDeeds();
  readonly #steps = new Map<StepName, number>();
  /** When steps that work now began to. */
  readonly #since = new Map<StepName, number>();
  /** When steps of this round began first: one that failed may have left the node cordoned for the next attempt. */
  readonly #first = new Map<StepName, number>();
  #cordonedSinceMs: number | null = null;
  /** A step that failed gave it back: the next one that works on it cordons it anew. */
  #toCordonAnew = false;
  #cordonedMs: number | null = null;

  /** Takes in an event of the node. */
  apply(event: RolloutEvent): void {
    if (event.type === 'node-claimed') {
      this.#deeds.claimedAtMs ??= event.atMs;
      this.#upgrades.claimed();
      this.#since.clear();
      this.#first.clear();
      this.#toCordonAnew = false;
    } else if (event.type === 'hook-failed') {
      this.#warn(hookWarning(event));
    } else if ('step' in event && event.step !== undefined) {
      const since = this.#first.get(event.step) ?? event.atMs;
      this.#time(event);
      if (event.step === 'upgrade') this.#upgrades.apply(event);
      if (event.type === 'step-done') this.#take(event.step, event.proof, since, event.atMs);
      if (isGivenBack(event)) {
        this.#givenBack(event.atMs);
        this.#first.clear();
        this.#toCordonAnew = true;
      }
    }
  }

  /** What is known now. */
  deeds(): NodeDeeds {
    const changes = [...this.#changes.values()].filter(({ before, after }) => before !== after);
    const took = STEPS.flatMap(step => {
      const ms = this.#steps.get(step);
      return ms === undefined ? [] : [[step, ms] as const];
    });
    return {
      ...this.#deeds,
      changes: changes.sort((a, b) => (a.name < b.name ? -1 : 1)),
      changesKnown: this.#upgrades.known,
      steps: Object.fromEntries(took),
      cordonedMs: this.#cordonedSinceMs === null ? this.#cordonedMs : null,
    };
  }

  #time(event: StepEvent): void {
    const { type, step, atMs } = event;
    const since = this.#since.get(step);
    if (type === 'step-started') {
      this.#since.set(step, since ?? atMs);
      this.#first.set(step, this.#first.get(step) ?? atMs);
    }
    const isEnd = type === 'step-done' || type === 'step-failed' || type === 'step-skipped';
    if (isEnd && since !== undefined) this.#steps.set(step, (this.#steps.get(step) ?? 0) + atMs - since);
    // What it did so far does not count: it begins anew.
    const held = type === 'step-waiting' && event.held;
    if (isEnd || held) this.#since.delete(step);
    if (held) this.#first.delete(step);
  }

  #take(step: StepName, proof: unknown, sinceMs: number, atMs: number): void {
    const proven = { [step]: proof ?? {} } as { readonly [S in StepName]?: Partial<Proofs[S]> };
    const { drain, upgrade, reboot, verify, uncordon } = proven;
    if (drain) this.#drained(drain, sinceMs);
    if (upgrade) this.#upgraded(upgrade);
    if (reboot) this.#rebooted(reboot);
    if (upgrade?.evicted || reboot?.evicted || (this.#toCordonAnew && (upgrade || reboot?.rebooted))) {
      this.#cordonedSinceMs ??= sinceMs;
      this.#evict(upgrade?.evicted ?? reboot?.evicted);
    }
    for (const warning of proven['check-reboot']?.warnings ?? []) this.#warn(warning);
    if (verify) this.#sawRunning(verify.kernel, verify.os);
    if (uncordon?.uncordoned) this.#givenBack(atMs);
  }

  #givenBack(atMs: number): void {
    if (this.#cordonedSinceMs === null) return;
    this.#cordonedMs = (this.#cordonedMs ?? 0) + atMs - this.#cordonedSinceMs;
    this.#cordonedSinceMs = null;
  }

  #drained({ cordonedByUs, kernel, os, evicted, deleted }: Partial<Proofs['drain']>, sinceMs: number): void {
    if (cordonedByUs) this.#cordonedSinceMs ??= sinceMs;
    this.#deeds.kernelBefore ??= kernel ?? null;
    this.#deeds.osBefore ??= os ?? null;
    this.#evict(evicted);
    this.#deeds.deleted = [...this.#deeds.deleted, ...(deleted ?? [])];
  }

  #upgraded({ changes, left, stagedImage, runningKernel }: Partial<Proofs['upgrade']>): void {
    for (const change of changes ?? []) {
      const known = this.#changes.get(change.name);
      this.#changes.set(change.name, known ? { ...change, before: known.before } : change);
    }
    this.#deeds.left = left ?? [];
    this.#deeds.image = stagedImage?.name ?? this.#deeds.image;
    this.#deeds.kernelBefore ??= runningKernel ?? null;
    this.#sawRunning(runningKernel, undefined);
  }

  #rebooted({ rebooted, byOthers, downtimeMs, kernel }: Partial<Proofs['reboot']>): void {
    this.#sawRunning(kernel, undefined);
    if (!rebooted) return;
    if (byOthers) this.#deeds.rebootsByOthers += 1;
    else this.#deeds.reboots += 1;
    if (downtimeMs !== undefined && downtimeMs !== null)
      this.#deeds.downtimeMs = (this.#deeds.downtimeMs ?? 0) + downtimeMs;
  }

  #sawRunning(kernel: string | undefined, os: OsRelease | undefined): void {
    if (kernel !== undefined) this.#deeds.kernelAfter = kernel;
    if (os !== undefined) this.#deeds.osAfter = os;
  }

  #evict(pods: readonly string[] = []): void {
    this.#deeds.evicted = [...this.#deeds.evicted, ...pods];
  }

  #warn(warning: string): void {
    if (!this.#deeds.warnings.includes(warning)) this.#deeds.warnings = [...this.#deeds.warnings, warning];
  }
}

/** Whether nothing of ours is left on the node after it. */
function isGivenBack(event: StepEvent): boolean {
  if (event.type === 'step-skipped') return event.left?.well === true;
  return event.type === 'step-failed' && GIVEN_BACK.test(event.failure.leftAs ?? '');
}
