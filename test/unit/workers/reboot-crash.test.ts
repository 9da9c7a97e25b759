import { describe, expect, it } from 'vitest';
import { rebootStep } from '../../../services/workers/steps/reboot/step.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { NodePolicy } from '../../../shared/domain/policy.ts';
import type { Proofs, RebootProof } from '../../../shared/domain/proof.ts';
import type { Step, StepContext } from '../../../shared/ports/step.ts';
import { type Behaviour, Machine } from '../../helpers/reboot-machine.ts';
import { NODE, POLICY, stepWorld } from '../../helpers/step-world.ts';

/** The process died: nobody hears of it, and another one goes on. */
class Died extends Error {}

/** What becomes of one call to the outside: the process dies before or after it; it is never sent, or its answer is lost. */
type Fate = 'dies before' | 'dies after' | 'is not sent' | 'has no answer';
const FATES: readonly Fate[] = ['dies before', 'dies after', 'is not sent', 'has no answer'];

interface Strike {
  readonly at: number;
  readonly fate: Fate;
}

interface Life {
  readonly proof: RebootProof;
  readonly machine: Machine;
  /** What a person was called for. */
  readonly persons: readonly string[];
  readonly calls: readonly string[];
}

const CHECKED = { needed: true, evidence: [{ check: 'kernel', needed: true, detail: 'newer' }], bootId: 'boot-1' };
const proofs = { drain: { drained: true, bootId: 'boot-1' }, 'check-reboot': CHECKED } as unknown as Partial<Proofs>;

/** Runs the step to its end, with one strike; a person who is called looks, turns on what is off, and retries. */
async function live(behaviour: Behaviour, policy: NodePolicy, strike: Strike | null): Promise<Life> {
  const world = stepWorld();
  const { clock } = world;
  const machine = new Machine(clock, behaviour);
  const calls: string[] = [];
  const persons: string[] = [];
  const act = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
    calls.push(name);
    const fate = strike?.at === calls.length ? strike.fate : null;
    if (fate === 'dies before') throw new Died();
    if (fate === 'is not sent' && name.startsWith('host')) throw fail('host-connection-lost', { message: 'cut' });
    const answer = await run();
    if (fate === 'dies after') throw new Died();
    if (fate === 'has no answer' && name.startsWith('host')) throw fail('host-connection-lost', { message: 'cut' });
    return answer;
  };
  let attemptStartedAtMs = clock.now();
  const contextOf = (epoch: number): StepContext<unknown> =>
    world.context({
      policy,
      proofs,
      attemptStartedAtMs,
      cluster: null,
      node: { ...NODE, kubernetes: null },
      memory: world.memory.kept,
      fence: { installation: 'here', rollout: 'r1', node: 'a', round: 1, epoch },
      host: mortal('host', machine, act),
      control: mortal('control', machine.control, act),
      guard: () => act('guard', async () => undefined),
      remember: kept =>
        act('remember', async () => {
          world.memory.kept = structuredClone(kept);
        }),
    });
  for (let visit = 1; visit < 10_000; visit++) {
    try {
      const outcome = await (rebootStep as unknown as Step<'reboot'>).run(contextOf(visit));
      if (outcome.kind === 'done') return { proof: outcome.proof, machine, persons, calls };
      await clock.sleep(outcome.afterMs);
    } catch (error) {
      await clock.sleep(1_000);
      if (error instanceof Died) continue;
      const failure = failureOf(error);
      if (failure.code === 'unexpected') throw error;
      if (!failure.retryable) persons.push(failure.code);
      machine.turnOn();
      await clock.sleep(30_000);
      attemptStartedAtMs = clock.now();
    }
    if (persons.length > 2) throw new Error(`a person was called too often: ${persons.join(', ')}`);
  }
  throw new Error('it never ended');
}

function mortal<T extends object>(
  name: string,
  target: T,
  act: <R>(name: string, run: () => Promise<R>) => Promise<R>,
): T {
  return new Proxy(target, {
    get: (object, key) => {
      const value = Reflect.get(object, key, object) as unknown;
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) =>
        act(`${name}.${String(key)}`, async () => Reflect.apply(value, object, args) as unknown);
    },
  });
}

const LIMITS = { downTimeoutMs: 20_000, upTimeoutMs: 60_000, controlTimeoutMs: 10_000, orderValidMs: 10_000 };
const ofHost: NodePolicy = { ...POLICY, reboot: { ...POLICY.reboot, ...LIMITS } };
const fromOutside = (shutdownFirst: boolean): NodePolicy => ({
  ...ofHost,
  reboot: { ...ofHost.reboot, controlCommand: 'press', shutdownFirst },
});
const cycle = fromOutside(false);
const powerOn = fromOutside(true);

/** `persons`: what a person may be called for, without a strike and with one. */
const CASES: readonly {
  readonly name: string;
  readonly behaviour: Behaviour;
  readonly policy: NodePolicy;
  readonly undisturbed: readonly string[];
  readonly disturbed: readonly string[];
}[] = [
  { name: 'reboots', behaviour: {}, policy: ofHost, undisturbed: [], disturbed: [] },
  {
    name: 'takes its time to go down',
    behaviour: { shutdownMs: 15_000 },
    policy: ofHost,
    undisturbed: [],
    disturbed: [],
  },
  { name: 'changes packages at first', behaviour: { busyMs: 12_000 }, policy: ofHost, undisturbed: [], disturbed: [] },
  { name: 'is not heard at times', behaviour: { blips: [3, 5] }, policy: ofHost, undisturbed: [], disturbed: [] },
  {
    name: 'ignores the first order',
    behaviour: { deafFor: 1 },
    policy: ofHost,
    undisturbed: ['reboot-did-nothing'],
    disturbed: ['reboot-did-nothing'],
  },
  {
    name: 'is power-cycled',
    behaviour: { button: 'cycle' },
    policy: cycle,
    undisturbed: [],
    disturbed: ['reboot-did-nothing'],
  },
  {
    name: 'is power-cycled by a command that says it failed',
    behaviour: { button: 'cycle', ends: ['exit 1'] },
    policy: cycle,
    undisturbed: ['reboot-command-failed'],
    disturbed: ['reboot-command-failed', 'reboot-did-nothing'],
  },
  {
    name: 'is not power-cycled by a command that failed',
    behaviour: { button: 'cycle', ends: ['exit 1'], deafFor: 1 },
    policy: cycle,
    undisturbed: ['reboot-command-failed'],
    disturbed: ['reboot-command-failed', 'reboot-did-nothing'],
  },
  {
    name: 'is power-cycled by a command that hangs',
    behaviour: { button: 'cycle', ends: ['timeout'] },
    policy: cycle,
    undisturbed: ['reboot-command-timeout'],
    disturbed: ['reboot-command-timeout', 'reboot-did-nothing'],
  },
  {
    name: 'has a command that cannot be started at first',
    behaviour: { button: 'cycle', ends: ['not run', 'not run'] },
    policy: cycle,
    undisturbed: [],
    disturbed: ['reboot-did-nothing'],
  },
  {
    name: 'shuts down and is turned on',
    behaviour: { button: 'power-on' },
    policy: powerOn,
    undisturbed: [],
    disturbed: ['host-did-not-return'],
  },
  {
    name: 'shuts down and is turned on at the second try',
    behaviour: { button: 'power-on', ends: ['not run'] },
    policy: powerOn,
    undisturbed: [],
    disturbed: ['host-did-not-return'],
  },
];

describe.each(CASES)('a host that $name', ({ behaviour, policy, undisturbed, disturbed }) => {
  it('is rebooted once', async () => {
    const { proof, machine, persons } = await live(behaviour, policy, null);
    expect(persons).toEqual(undisturbed);
    expect(machine.takenDown).toEqual(['boot-1']);
    expect(proof).toMatchObject({ rebooted: true, bootIdBefore: 'boot-1', bootIdAfter: 'boot-2', byOthers: false });
  });

  it('is rebooted once, whatever call is cut off and whenever the worker dies', async () => {
    const { calls } = await live(behaviour, policy, null);
    const ends = behaviour.ends?.length ?? 0;
    const deaf = behaviour.deafFor ?? 0;
    for (const fate of FATES) {
      for (let at = 1; at <= Math.min(calls.length + 2, 60); at++) {
        const { proof, machine, persons } = await live(behaviour, policy, { at, fate });
        const when = `call ${at} (${calls[at - 1] ?? 'after the last'}) ${fate}; ${persons.join(', ')}`;
        expect(machine.takenDown, when).toEqual(['boot-1']);
        expect(machine.cutBoots, when).toBe(0);
        expect(proof, when).toMatchObject({ rebooted: true, bootIdBefore: 'boot-1', bootIdAfter: 'boot-2' });
        expect(
          persons.filter(code => !disturbed.includes(code)),
          when,
        ).toEqual([]);
        // Once more only when a person was told that the first did nothing.
        expect(machine.pressed.length, when).toBeLessThanOrEqual(1 + Math.max(ends, deaf) * persons.length);
      }
    }
  });
});

it('the command is told which host it is about', async () => {
  const { machine } = await live({ button: 'cycle' }, cycle, null);
  expect(machine.env).toEqual({
    NODETIDE_INSTALLATION: 'here',
    NODETIDE_ROLLOUT: 'r1',
    NODETIDE_CLUSTER: 'fake',
    NODETIDE_NODE: 'a',
    NODETIDE_ROUND: '1',
    NODETIDE_STEP: 'reboot',
    NODETIDE_ADDRESS: '127.0.0.1',
    NODETIDE_BOOT_ID: 'boot-1',
  });
});
