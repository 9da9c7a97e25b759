import type { BaselineProof, LeftPackage, SystemImage, UpgradeProof } from '../../../../shared/domain/proof.ts';
import type { HostFacts } from '../../../../shared/ports/host.ts';
import type { PackageManager } from '../../../../shared/ports/packages.ts';
import type { HostStanding, Step, StepContext, StepOutcome } from '../../../../shared/ports/step.ts';
import {
  baselineProof,
  type Comparison,
  comparisonFor,
  findPendingWithin,
  limitFor,
  saysUnproven,
} from '../../common/baseline.ts';
import { chooseManager } from '../../common/choose-manager.ts';
import { kernelsOf, refuseProblems } from '../../common/due.ts';
import { ensureDrained } from '../../common/ensure-drained.ts';
import { giveBackUntouched } from '../../common/give-back.ts';
import { imagesOf } from '../../common/images.ts';
import { installedOn } from '../../common/installed.ts';
import { leftAs } from '../../common/left-as.ts';
import { changesBetween, saysLeft } from '../../common/package-changes.ts';
import { standingBefore } from '../../common/standing.ts';
import { execIdOf, execute } from './execute.ts';
import { NOTHING_YET, type UpgradeMemory } from './memory.ts';
import { waitForOthers } from './wait-for-others.ts';

type Context = StepContext<UpgradeMemory>;

/** Upgrades the packages of the host, detached from us. */
export const upgradeStep: Step<'upgrade', UpgradeMemory> = { name: 'upgrade', saysWork: true, run, giveUp, standing };

async function run(context: Context): Promise<StepOutcome<'upgrade'>> {
  const facts = await context.host.facts(context.signal);
  const manager = chooseManager(context.policy.upgrade, context.managers, facts);
  if (!manager) return nothingDone(context, facts, 'none', 'policy: nothing is upgraded');
  let memory = context.memory ?? NOTHING_YET;
  const comparison = await comparisonFor(context, facts);
  const end = { manager, comparison };
  // A recorded success is final, whatever has been published since.
  if (memory.ended?.kind === 'exited' && memory.ended.exitCode === 0) return proven(context, end, memory, true);
  // Not while an execution may still run: it holds the package lock itself.
  if (memory.execNo === 0 || memory.ended !== null) {
    const busy = waitForOthers(context, facts);
    if (busy) return busy;
    const pending = memory.ended?.kind === 'cut' ? null : await findPendingWithin(context, facts, comparison);
    refuseProblems(pending);
    if (pending && memory.execNo === 0) memory = { ...memory, left: pending.left };
    if (pending?.changes.length === 0 && memory.execNo === 0)
      return nothingDone(context, facts, manager.kind, 'nothing to upgrade: no command was run', pending.left);
    if (pending && comparison) warnOf(context, baselineProof(comparison, pending.changes));
    if (pending?.changes.length !== 0) {
      await context.beforeWork();
      const drained = await drainFirst(context, memory);
      if (drained.kind === 'again') return drained;
      memory = await withPackages(context, manager, drained.memory);
    }
    if (pending?.changes.length === 0) return proven(context, end, memory, false);
  }
  const done = await execute(context, manager, memory, await limitFor(context, manager, comparison));
  return proven(context, end, done.memory, done.attached);
}

/** Told before anything is changed; that the pods of the node have to go is known by then. */
function warnOf(context: Context, baseline: BaselineProof): void {
  const warning = saysUnproven(baseline);
  if (warning === '') return;
  context.log(`${warning}\n`);
  context.announce('UnprovenPackages', warning, 'Warning');
}

/** Policy `if-reboot` upgrades while the pods run; every other upgrades only what is drained. */
async function drainFirst(context: Context, memory: UpgradeMemory) {
  if (context.policy.drain.when === 'if-reboot') return { kind: 'held', memory } as const;
  let kept = memory;
  const drained = await ensureDrained(context, 'upgrade', {
    memory: memory.drain,
    remember: async (drain, told) => {
      kept = { ...kept, drain };
      await context.remember(kept, told);
    },
  });
  return drained.kind === 'again' ? drained : ({ kind: 'held', memory: kept } as const);
}

async function withPackages(context: Context, manager: PackageManager, memory: UpgradeMemory): Promise<UpgradeMemory> {
  if (memory.execNo > 0) return memory;
  const installed = await installedOn(context, manager);
  return { ...memory, packagesBefore: installed && Object.fromEntries(installed) };
}

async function proven(
  context: Context,
  { manager, comparison }: { manager: PackageManager; comparison: Comparison | null },
  memory: UpgradeMemory,
  attached: boolean,
): Promise<StepOutcome<'upgrade'>> {
  const facts = await context.host.facts(context.signal);
  const after = await installedOn(context, manager);
  const before = memory.packagesBefore && new Map(Object.entries(memory.packagesBefore));
  const changes = before && after ? changesBetween(before, after) : [];
  const baseline = comparison && baselineProof(comparison, changes);
  const { newest, expected } = await kernelsOf(context, facts);
  const staged = await stagedOn(context, facts);
  const exitCode = memory.ended?.kind === 'exited' ? memory.ended.exitCode : null;
  const proof: UpgradeProof = {
    manager: manager.kind,
    changes,
    ...(before && after ? {} : { changesKnown: false as const }),
    ...leftOf(memory.left),
    ...(baseline ? { baseline } : {}),
    ...(staged ? { stagedImage: staged } : {}),
    exitCode,
    runningKernel: facts.kernel,
    newestKernel: newest,
    expectedKernel: expected,
    attached: attached || memory.execNo > 1,
    bootId: facts.bootId,
    ...(memory.drain && { evicted: Object.values(memory.drain.targets) }),
  };
  const image = staged ? `; ${staged.name} is staged for the reboot` : '';
  const kernel = newest !== null && newest !== facts.kernel ? `; ${facts.kernel} runs, ${newest} is installed` : '';
  const warning = baseline ? saysUnproven(baseline) : '';
  return {
    kind: 'done',
    proof,
    note: `${before && after ? `${changes.length} packages changed` : 'what changed cannot be told'}${saysLeft(memory.left)}${warning && `; ${warning}`}${image}${kernel}`,
  };
}

async function nothingDone(
  context: Context,
  facts: HostFacts,
  manager: string,
  note: string,
  left: readonly LeftPackage[] = [],
): Promise<StepOutcome<'upgrade'>> {
  const { newest, expected } = await kernelsOf(context, facts);
  const staged = await stagedOn(context, facts);
  const proof: UpgradeProof = {
    manager,
    changes: [],
    ...leftOf(left),
    ...(staged ? { stagedImage: staged } : {}),
    exitCode: null,
    runningKernel: facts.kernel,
    newestKernel: newest,
    expectedKernel: expected,
    attached: false,
    bootId: facts.bootId,
  };
  return { kind: 'done', proof, note: `${note}${saysLeft(left)}` };
}

/** The image that waits for the reboot, whoever staged it; null: none does. */
async function stagedOn(context: Context, facts: HostFacts): Promise<SystemImage | null> {
  const images = await imagesOf(context, facts);
  return images && images.next.id !== images.booted.id ? images.next : null;
}

function leftOf(left: readonly LeftPackage[] = []): Pick<UpgradeProof, 'left'> {
  return left.length > 0 ? { left } : {};
}

async function giveUp(context: Context): Promise<string> {
  const { memory } = context;
  if (!memory || memory.execNo === 0) return giveBackUntouched(context);
  return `${saysBegun(context, memory)}; ${await leftAs(context)}`;
}

function saysBegun(context: Context, { execNo, ended }: UpgradeMemory): string {
  const id = execIdOf(context, execNo);
  if (ended === null) return `the upgrade was begun and may still run on the host (task ${id})`;
  const how = ended.kind === 'cut' ? 'was cut short' : `ended with exit code ${ended.exitCode}`;
  return `the upgrade (task ${id}) ${how}: packages may be half upgraded`;
}

function standing(context: Context): HostStanding {
  const { memory } = context;
  const before = standingBefore(context);
  if (before.kind === 'open' || !memory || memory.execNo === 0) return before;
  const said = saysBegun(context, memory);
  if (memory.ended === null) {
    return { kind: 'open', said, todo: 'Wait for the end of the upgrade on the host and see that it ended well' };
  }
  if (memory.ended.kind === 'cut' || memory.ended.exitCode !== 0) {
    return { kind: 'open', said, todo: 'Bring its packages to a sound state (such as apt-get -f install)' };
  }
  const todo = 'Whether a reboot is due was not looked at: the next rollout sees to it';
  return { kind: 'upgraded', said: 'upgraded, not rebooted', todo };
}
