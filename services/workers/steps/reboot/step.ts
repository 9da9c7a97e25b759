import type { RebootProof } from '../../../../shared/domain/proof.ts';
import { hostAsks, isNeeded } from '../../../../shared/domain/reboot-due.ts';
import type { HostFacts } from '../../../../shared/ports/host.ts';
import type { HostStanding, Step, StepContext, StepOutcome } from '../../../../shared/ports/step.ts';
import { isRebootDue } from '../../common/due.ts';
import { giveBackUntouched } from '../../common/give-back.ts';
import { leftAs } from '../../common/left-as.ts';
import { standingBefore } from '../../common/standing.ts';
import { saysUpgraded, wasUpgraded } from '../../common/upgraded.ts';
import { bootedAtMs, proveBoot } from './boot-time.ts';
import { actFromOutside } from './from-outside.ts';
import { NO_ORDER, type OrderMemory, type RebootMemory } from './memory.ts';
import { order, strikeOut } from './order.ts';
import { look, stopIfLate, wait } from './wait.ts';

type Context = StepContext<RebootMemory>;

/** Reboots the host if it must be, once, and waits until it is back under a new boot id. */
export const rebootStep: Step<'reboot', RebootMemory> = {
  name: 'reboot',
  saysWork: true,
  run,
  giveUp,
  standing,
  hasBegun,
};

/** A drain of its own is no beginning: the window may close meanwhile. */
function hasBegun({ order, sights }: RebootMemory): boolean {
  return order !== null || sights.length > 0;
}

async function run(context: Context): Promise<StepOutcome<'reboot'>> {
  const memory = context.memory ?? NO_ORDER;
  const given = memory.order;
  if (!given) return begin(context, memory);
  const seen = await look(context, memory, given);
  if (seen.kind === 'back') return isBack(context, memory, given, seen.facts);
  if (seen.kind === 'void') {
    await stopIfLate(context, { ...memory, downSinceMs: null }, given);
    return begin(context, await strikeOut(context, memory));
  }
  return (await actFromOutside(context, seen.memory, given, seen.facts)) ?? (await wait(context, seen.memory, given));
}

async function begin(context: Context, memory: RebootMemory): Promise<StepOutcome<'reboot'>> {
  const facts = await context.host.facts(context.signal);
  const checked = context.proofs['check-reboot'];
  const bootIdBefore = context.proofs.drain?.bootId ?? checked?.bootId ?? facts.bootId;
  const byOthers = facts.bootId !== bootIdBefore;
  // What was found under another boot id says nothing about this one.
  const due = checked?.bootId === facts.bootId ? checked : await isRebootDue(context, facts);
  const never = context.policy.reboot.when === 'never';
  // `always` wants one reboot since the drain, whoever did it.
  const needed = (byOthers ? hostAsks : isNeeded)(due.evidence, context.policy.reboot.match);
  if (!needed || never) {
    const proof: RebootProof = {
      rebooted: byOthers,
      bootIdBefore,
      bootIdAfter: facts.bootId,
      downtimeMs: null,
      byOthers,
      kernel: facts.kernel,
      ...evictedOf(memory),
    };
    const what = needed ? 'a reboot is due, but the policy is never to reboot' : 'no reboot is due';
    return { kind: 'done', proof, note: byOthers ? `somebody else rebooted the host; ${what} now` : what };
  }
  await context.beforeWork();
  return order(context, memory);
}

function isBack(context: Context, memory: RebootMemory, given: OrderMemory, facts: HostFacts): StepOutcome<'reboot'> {
  const nowMs = context.clock.now();
  proveBoot(given, facts, context.node.name, nowMs);
  const downtimeMs = nowMs - given.atMs;
  const proof: RebootProof = {
    rebooted: true,
    bootIdBefore: given.bootId,
    bootIdAfter: facts.bootId,
    bootedBeforeMs: given.bootedAtMs,
    bootedAfterMs: bootedAtMs(facts, nowMs),
    downtimeMs,
    byOthers: false,
    kernel: facts.kernel,
    ...evictedOf(memory),
  };
  const seconds = Math.round(downtimeMs / 100) / 10;
  return { kind: 'done', proof, note: `rebooted in ${seconds} s, runs ${facts.kernel}` };
}

function evictedOf({ drain }: RebootMemory): Pick<RebootProof, 'evicted'> {
  return drain ? { evicted: Object.values(drain.targets) } : {};
}

async function giveUp(context: Context): Promise<string> {
  const memory = context.memory ?? NO_ORDER;
  const given = memory.order;
  // A drained node is not kept empty for a reboot that was never ordered, when no package was touched either.
  if (!given && memory.sights.length === 0 && !wasUpgraded(context.proofs)) {
    // The person who is told retries a node that must be drained anew.
    await context.remember({ ...memory, toldNotSafe: true });
    const afterwards: RebootMemory = { ...NO_ORDER, toldNotSafe: true };
    return `not rebooted; ${await giveBackUntouched(context, { afterwards })}`;
  }
  const reboot = given ? saysOrdered(given) : 'not rebooted';
  return `${saysUpgraded(context.proofs)}, ${reboot}; ${await leftAs(context)}`;
}

/** An order that was struck out was seen to do nothing; what it set going on the host is not known all the same. */
function standing(context: Context): HostStanding {
  const memory = context.memory ?? NO_ORDER;
  const before = standingBefore(context);
  if (before.kind === 'open' || (memory.order === null && memory.sights.length === 0)) return before;
  const reboot = memory.order ? saysOrdered(memory.order) : 'a reboot was ordered and did nothing so far';
  return {
    kind: 'open',
    said: `${saysUpgraded(context.proofs)}, ${reboot}`,
    todo: 'Wait until the host is back under another boot id, turn it on if it stays away, and see that it is well',
  };
}

function saysOrdered({ atMs, bootId, shutdown, control }: OrderMemory): string {
  const outside = control ? ', controlCommand was started' : '';
  const off = shutdown === null ? '' : ', the host was told to shut down';
  return `a reboot was ordered at ${new Date(atMs).toISOString()} under boot id ${bootId}${off}${outside}, and not seen done`;
}
