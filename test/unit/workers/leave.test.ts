import { describe, expect, it } from 'vitest';
import { cordonNode } from '../../../services/workers/common/cordon.ts';
import { leaveAborted, leaveSkipped } from '../../../services/workers/common/leave.ts';
import { standingBefore } from '../../../services/workers/common/standing.ts';
import { stepsNamed } from '../../../services/workers/registry.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { Proofs } from '../../../shared/domain/proof.ts';
import { STEPS } from '../../../shared/domain/steps.ts';
import type { HostStanding, StepContext } from '../../../shared/ports/step.ts';
import { nodeView } from '../../helpers/fake-cluster.ts';
import { NODE, POLICY, stepWorld } from '../../helpers/step-world.ts';

const UNTOUCHED: HostStanding = { kind: 'untouched', said: 'untouched', todo: '' };
const UPGRADED: HostStanding = { kind: 'upgraded', said: 'upgraded', todo: 'A reboot is due' };
const OPEN: HostStanding = { kind: 'open', said: 'half done', todo: 'Mend it' };
const PROVEN: HostStanding = { kind: 'proven', said: 'verified', todo: '' };
const FOREIGN: HostStanding = { kind: 'foreign', said: 'the host was not touched', todo: '' };
const drain = { bootId: 'boot-1', adopted: false, drained: true } as unknown as Proofs['drain'];

type World = ReturnType<typeof stepWorld>;

/** A node that we cordoned and whose host we hold. */
async function away(before: Partial<ReturnType<typeof nodeView>> = {}): Promise<World> {
  const world = stepWorld();
  world.cluster.add({ ...nodeView('a'), ...before });
  const { fence, signal } = world.context();
  await cordonNode(world.cluster, fence, 'uid-a', signal);
  await world.host.own(fence);
  return world;
}

const now = (world: World) => {
  const { unschedulable, annotations } = world.cluster.nodes.get('a') ?? nodeView('gone');
  return { cordoned: unschedulable, marked: Object.keys(annotations).length > 0, held: world.host.owner !== null };
};
const GIVEN = { cordoned: false, marked: false, held: false };
const KEPT = { cordoned: true, marked: true, held: true };

interface Row {
  readonly name: string;
  readonly standing: HostStanding;
  readonly before?: Partial<ReturnType<typeof nodeView>>;
  readonly change?: (world: World) => void;
  readonly context?: Partial<StepContext<unknown>>;
  readonly ends: typeof GIVEN;
  readonly state: RegExp;
  readonly todo: string;
}

const RELEASE = 'nodetide release fake/a';
const notReady = (world: World) => world.cluster.change('a', { ready: false, notReadyReason: 'kubelet is silent' });
const ROWS: readonly Row[] = [
  {
    name: 'untouched',
    standing: UNTOUCHED,
    ends: GIVEN,
    state: /^untouched; uncordoned again: schedulable$/,
    todo: '',
  },
  { name: 'upgraded', standing: UPGRADED, ends: GIVEN, state: /^upgraded; uncordoned again/, todo: 'A reboot is due' },
  { name: 'verified', standing: PROVEN, ends: GIVEN, state: /^verified; uncordoned again/, todo: '' },
  {
    name: 'half done',
    standing: OPEN,
    ends: KEPT,
    state: /^half done; a is cordoned, Ready/,
    todo: `Mend it; then give it back: ${RELEASE}`,
  },
  {
    name: 'not Ready',
    standing: UNTOUCHED,
    change: notReady,
    ends: KEPT,
    state: /not Ready \(kubelet is silent\)/,
    todo: `See why it is not Ready; then give it back: ${RELEASE}`,
  },
  {
    name: 'upgraded, but packages are changed now',
    standing: UPGRADED,
    change: ({ host }) => {
      const facts = host.facts.bind(host);
      host.facts = async () => ({ ...(await facts()), packageTransaction: 'apt-get (process 7)' });
    },
    ends: KEPT,
    state: /packages are changed on it now: apt-get/,
    todo: `Wait until that has ended; then give it back: ${RELEASE}`,
  },
  {
    name: 'upgraded, and rebooted by somebody',
    standing: UPGRADED,
    context: { proofs: { ...(drain && { drain }) } },
    change: ({ host }) => void (host.bootId = 'boot-2'),
    ends: KEPT,
    state: /somebody rebooted the host meanwhile/,
    todo: `See that it is well; then give it back: ${RELEASE}`,
  },
  {
    name: 'upgraded, and its host gives no answer',
    standing: UPGRADED,
    change: ({ host }) => void (host.trouble = fail('host-unreachable', { message: 'no route' })),
    ends: KEPT,
    state: /its host cannot be looked at \(no route\)/,
    todo: `See that its host is well; then give it back: ${RELEASE}`,
  },
  {
    name: 'untouched, and its host gives no answer',
    standing: UNTOUCHED,
    change: ({ host }) => void (host.trouble = fail('host-unreachable', { message: 'no route' })),
    ends: { ...GIVEN, held: true },
    state: /uncordoned again: schedulable; the host is still held by us \(no route\)/,
    todo: 'Free the host by hand: rm /var/lib/nodetide/owner',
  },
  {
    name: 'kept by policy',
    standing: UNTOUCHED,
    context: { policy: { ...POLICY, onInterrupted: 'hold' } },
    ends: KEPT,
    state: /kept, as policy onInterrupted says/,
    todo: `Give it back: ${RELEASE}`,
  },
  {
    name: 'cordoned by others before',
    standing: UNTOUCHED,
    before: { unschedulable: true },
    ends: { ...GIVEN, cordoned: true },
    state: /^untouched; cordoned by others$/,
    todo: '',
  },
  {
    name: 'marked by an earlier life of the rollout',
    standing: FOREIGN,
    ends: KEPT,
    state: /carried our mark already/,
    todo: `Look on the host whether an upgrade runs or was cut short, and whether a reboot is due; then give it back: ${RELEASE}`,
  },
];

describe('an aborted node', () => {
  it.each(ROWS)('$name', async row => {
    const world = await away(row.before);
    row.change?.(world);
    const left = await leaveAborted(world.context(row.context), row.standing);
    expect(now(world)).toEqual(row.ends);
    expect(left.state).toMatch(row.state);
    expect(left).toMatchObject({ todo: row.todo, well: !row.ends.marked && !row.ends.held });
    // Once more, as by another worker: the same end.
    const again = await leaveAborted(world.context(row.context), row.standing);
    expect(now(world)).toEqual(row.ends);
    expect([again.well, again.todo]).toEqual([left.well, left.todo]);
  });

  it('that nobody cordoned or took is left alone', async () => {
    const world = stepWorld();
    const left = await leaveAborted(world.context(), FOREIGN);
    expect(left).toEqual({ well: true, state: 'the host was not touched; schedulable', todo: '' });
    expect(world.host.calls).toEqual([]);
  });

  it('in no Kubernetes: its host is given back unless something on it is half done', async () => {
    const world = await away();
    const bare = { cluster: null, node: { ...NODE, kubernetes: null } };
    expect(await leaveAborted(world.context(bare), OPEN)).toMatchObject({
      well: false,
      todo: expect.stringContaining('rm /var/lib'),
    });
    expect(world.host.owner).not.toBeNull();
    expect(await leaveAborted(world.context(bare), UPGRADED)).toMatchObject({ well: true, todo: 'A reboot is due' });
    expect(world.host.owner).toBeNull();
  });

  it('wherever its worker dies, another brings it to the same end', async () => {
    for (const standing of [UNTOUCHED, UPGRADED, PROVEN, OPEN]) {
      for (let death = 1; death < 8; death += 1) {
        for (const isDone of [true, false]) {
          const world = await away();
          let acts = 0;
          const mortal = <T extends object>(target: T): T =>
            new Proxy(target, {
              get: (object, key) => {
                const value = Reflect.get(object, key, object) as unknown;
                if (typeof value !== 'function') return value;
                return async (...args: unknown[]) => {
                  acts += 1;
                  const result =
                    acts < death || isDone ? await (Reflect.apply(value, object, args) as Promise<unknown>) : null;
                  if (acts >= death) throw new Error('died');
                  return result;
                };
              },
            });
          const first = world.context({ host: mortal(world.host), cluster: mortal(world.cluster) });
          await leaveAborted(first, standing).catch(() => null);
          const fence = { ...first.fence, epoch: 2 };
          const left = await leaveAborted(world.context({ fence }), standing);
          expect([standing.kind, death, now(world)]).toEqual([standing.kind, death, standing === OPEN ? KEPT : GIVEN]);
          expect([left.well, left.todo === '']).toEqual([
            standing !== OPEN,
            standing === UNTOUCHED || standing === PROVEN,
          ]);
        }
      }
    }
  });
});

describe('a skipped node', () => {
  it.each([UNTOUCHED, UPGRADED, PROVEN, OPEN])('stays as it is, marked ($kind)', async standing => {
    const world = await away();
    const left = await leaveSkipped(world.context(), standing);
    expect(now(world)).toEqual(KEPT);
    expect(left).toMatchObject({ well: false, todo: expect.stringContaining(RELEASE) });
  });

  it('that carries nothing of ours is not held on to', async () => {
    const world = stepWorld();
    await world.host.own(world.context().fence);
    expect(await leaveSkipped(world.context(), UNTOUCHED)).toMatchObject({ well: true, todo: '' });
    expect(now(world)).toEqual(GIVEN);
  });
});

it('every step says how the host stands; nothing that was rebooted and not verified counts as sound', () => {
  const proofs = {
    drain,
    upgrade: { exitCode: 0, changes: [] },
    reboot: { rebooted: true },
  } as unknown as Partial<Proofs>;
  const { context } = stepWorld();
  const kinds = Object.fromEntries(
    stepsNamed(STEPS).map(step => [step.name, step.standing?.(context({ memory: null, proofs })).kind]),
  );
  expect(kinds).toEqual({
    drain: 'foreign',
    upgrade: 'open',
    'check-reboot': 'open',
    reboot: 'open',
    verify: 'open',
    uncordon: 'proven',
  });
  expect(standingBefore(context({ proofs: {} })).kind).toBe('untouched');
});

it.each([
  ['drain', {}],
  ['upgrade', { drain }],
  ['reboot', { drain, upgrade: { exitCode: 0, changes: [] }, 'check-reboot': { evidence: [] } }],
])('a node that a person repaired after it failed in %s is not sound before it is verified', async (_step, proofs) => {
  const [verify] = stepsNamed(['verify']);
  const world = await away();
  const context = world.context({ memory: null, proofs: proofs as unknown as Partial<Proofs> });
  const standing = verify?.standing?.(context);
  const left = standing && (await leaveAborted(context, standing));
  expect(now(world)).toEqual(KEPT);
  expect(left).toMatchObject({ well: false, state: expect.stringContaining('took it in hand') });
});
