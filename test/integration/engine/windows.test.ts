import { describe, expect, it } from 'vitest';
import { cordonNode } from '../../../services/workers/common/cordon.ts';
import { releaseNode } from '../../../services/workers/common/release.ts';
import type { RolloutEvent } from '../../../shared/domain/events.ts';
import { checkInvariants } from '../../../shared/domain/invariants.ts';
import type { ClockRule, WindowPolicy } from '../../../shared/domain/window/window.ts';
import { testEngines } from '../../helpers/engines.ts';
import { JumpClock } from '../../helpers/jump-clock.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';
import { simCluster } from '../../helpers/sim-cluster.ts';

const engine = await testEngines();
const HOUR_MS = 3_600_000;

/** Every day 12:00 to 13:00. */
const NOON: WindowPolicy = {
  rules: [{ kind: 'clock', days: [0, 1, 2, 3, 4, 5, 6], weeks: [], fromMinute: 720, toMinute: 780, zone: 'UTC' }],
  freezes: [],
  nodeTakesMs: 10 * 60_000,
};

/** Puts the clock forward to the next time it shows `hours` (UTC). */
function putTo(clock: JumpClock, hours: number): void {
  const now = clock.now();
  const at = Math.floor(now / (24 * HOUR_MS)) * 24 * HOUR_MS + hours * HOUR_MS;
  clock.jump((at > now ? at : at + 24 * HOUR_MS) - now);
}

const waitsFor = (text: string) => (event: RolloutEvent) =>
  event.type === 'waiting' && event.reasons.some(reason => reason.includes(text));
const stepWaitsFor = (node: string, text: string) => (event: RolloutEvent) =>
  event.type === 'step-waiting' && event.node === node && event.reason.includes(text);

async function world(nodes: string[]) {
  const clock = new JumpClock();
  const it = await engine({ clock });
  const steps = new ScriptedSteps();
  const hours = new Map<string, number>();
  for (const step of ['drain', 'upgrade', 'reboot'] as const) {
    steps.on('*', step, context => {
      hours.set(`${context.node.name} ${step}`, (clock.now() % (24 * HOUR_MS)) / HOUR_MS);
      return Promise.resolve(undefined);
    });
  }
  const begin = async () => {
    await it.scheduler();
    await it.worker(steps.steps());
    return it.rollout(tinyPlan({ stages: { dev: { a: [{ nodes }] } }, cluster: { window: NOON } }));
  };
  return { clock, it, steps, hours, begin };
}

describe('a window', () => {
  it('lets no node begin before it opens, and all when it does', async () => {
    const { clock, it, steps, hours, begin } = await world(['n1', 'n2']);
    putTo(clock, 11.9);
    const id = await begin();
    await it.event(id, waitsFor('outside the window; opens'));
    expect(steps.acts).toEqual([]);
    putTo(clock, 12);
    await it.queues.promoteTree(id);
    expect((await it.ended(id)).counts).toMatchObject({ done: 2 });
    expect(Math.min(...hours.values())).toBeGreaterThanOrEqual(12);
    expect(steps.ends('n1', 'uncordon')).toBe(1);
  }, 60_000);

  it('that closes in the midst lets nothing more begin; the next one carries on, and nothing is done twice', async () => {
    const { clock, it, steps, begin } = await world(['n1', 'n2']);
    putTo(clock, 12);
    steps.on('n1', 'upgrade', async () => {
      putTo(clock, 13);
      return undefined;
    });
    const id = await begin();
    await it.event(id, stepWaitsFor('n1', 'outside the window; opens'));
    expect(steps.acts.filter(act => act.step === 'reboot')).toEqual([]);
    // A minute before the window ends there is not enough left of it for a node that has not begun.
    putTo(clock, 12 + 59 / 60);
    await steps.seen('n1', 'uncordon', 'end');
    await it.event(id, waitsFor('the window closes'));
    expect(steps.acts.filter(act => act.node === 'n2')).toEqual([]);
    putTo(clock, 12);
    await it.queues.promoteTree(id);
    const status = await it.ended(id);
    expect(status.counts).toMatchObject({ done: 2 });
    for (const node of ['n1', 'n2']) expect(steps.ends(node, 'upgrade')).toBe(1);
  }, 90_000);

  it('of a wave holds for it in the place of the cluster’s', async () => {
    const { clock, it, steps, hours } = await world([]);
    const evening = { ...NOON.rules[0], kind: 'clock', fromMinute: 1080, toMinute: 1140 } as ClockRule;
    const plan = tinyPlan({
      stages: { dev: { a: [{ nodes: ['n1'] }, { nodes: ['n2'] }] } },
      cluster: { window: NOON },
    });
    const second = plan.stages[0]?.clusters[0]?.waves[1];
    Object.assign(second ?? {}, { windows: [evening] });
    putTo(clock, 12);
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(plan);
    await it.event(id, event => waitsFor('18:00')(event) && event.type === 'waiting' && event.wave === 1);
    expect(steps.acts.filter(act => act.node === 'n2')).toEqual([]);
    putTo(clock, 18);
    await it.queues.promoteTree(id);
    expect((await it.ended(id)).counts).toMatchObject({ done: 2 });
    expect([hours.get('n1 drain'), hours.get('n2 drain')].map(hour => Math.floor(hour ?? 0))).toEqual([12, 18]);
  }, 60_000);

  it('is too short for nodes that took longer before', async () => {
    const { clock, it, steps } = await world([]);
    const times = (at: number, minutes: number) => ({
      id: `r/n${at}/1`,
      atMs: at,
      steps: { upgrade: minutes * 60_000 },
    });
    for (let at = 1; at <= 5; at += 1) await it.store.keepTimes('a', 'worker', times(at, at * 10));
    putTo(clock, 12.4);
    await it.scheduler();
    await it.worker(steps.steps());
    const window = { ...NOON, nodeTakesMs: null };
    const id = await it.rollout(
      tinyPlan({ stages: { dev: { a: [{ nodes: ['cp1', 'n1'], concurrency: 2 }] } }, cluster: { window } }),
    );
    // Nothing is known of control planes: for the first, 30 minutes are enough.
    await it.event(id, waitsFor('a node (worker) takes 50 min by the last 5'));
    expect(steps.acts.filter(act => act.node === 'n1')).toEqual([]);
    putTo(clock, 12);
    await it.queues.promoteTree(id);
    expect((await it.ended(id)).counts).toMatchObject({ done: 2 });
  }, 60_000);
});

describe('a window that closes over a drained node on which nothing was changed', () => {
  const untouched = { kind: 'untouched', said: 'nothing on the host was changed', todo: '' } as const;

  /** A node of a simulated cluster that is cordoned and given back for real; the window closes over its drain. */
  async function drainedOver(onInterrupted: 'release' | 'hold') {
    const sim = await simCluster(['a']);
    const clock = new JumpClock();
    const connectHost = () => ({ disown: () => Promise.resolve() }) as never;
    const it = await engine({ clock, connectCluster: () => sim.api, connectHost });
    const steps = new ScriptedSteps();
    const uid = sim.sim.objects.get('nodes', '', 'a')?.metadata.uid ?? '';
    steps.on('a', 'drain', async ({ cluster, fence, signal, round }) => {
      if (cluster) await cordonNode(cluster, fence, uid, signal);
      if (round === 1) putTo(clock, 13);
      return { kind: 'done', proof: { cordonedByUs: true, drained: true } as never, note: 'drained' };
    });
    steps.on('a', 'uncordon', async ({ cluster, fence, signal }) => {
      if (cluster) await releaseNode(cluster, fence, signal);
      return undefined;
    });
    putTo(clock, 12);
    await it.scheduler();
    await it.worker(steps.steps().map(step => ({ ...step, standing: () => untouched })));
    const plan = tinyPlan({
      stages: { dev: { sim: [{ nodes: ['a'] }] } },
      kubernetes: true,
      cluster: { window: NOON },
      policy: { onInterrupted },
    });
    Object.assign(plan.stages[0]?.clusters[0]?.waves[0]?.nodes[0] ?? {}, { kubernetes: { uid } });
    const id = await it.rollout(plan);
    const isCordoned = async () => (await sim.api.getNode('a', AbortSignal.timeout(5_000)))?.unschedulable;
    const goOn = async () => {
      putTo(clock, 12);
      await it.queues.promoteTree(id);
      const status = await it.ended(id);
      await it.stop();
      await sim.close();
      return status;
    };
    return { it, plan, steps, id, isCordoned, goOn };
  }

  it('gives it back, and takes it anew in the next one', async () => {
    const { it, plan, steps, id, isCordoned, goOn } = await drainedOver('release');
    const skipped = await it.event(id, event => event.type === 'step-skipped');
    expect(skipped).toMatchObject({ node: 'a', step: 'upgrade', left: { well: true } });
    await it.event(id, waitsFor('outside the window'));
    expect(await isCordoned()).toBe(false);
    expect((await it.status(id)).nodes['sim/a']).toMatchObject({ state: 'pending', round: 1 });
    const status = await goOn();
    expect(status.nodes['sim/a']).toMatchObject({ state: 'done', round: 2 });
    expect([steps.ends('a', 'drain'), steps.ends('a', 'upgrade'), steps.ends('a', 'reboot')]).toEqual([2, 1, 1]);
    expect(checkInvariants(plan, await it.store.events(id))).toEqual([]);
  }, 60_000);

  it('keeps it where the policy says hold', async () => {
    const { it, steps, id, isCordoned, goOn } = await drainedOver('hold');
    await it.event(id, stepWaitsFor('a', 'outside the window'));
    expect(await isCordoned()).toBe(true);
    const status = await goOn();
    expect(status.nodes['sim/a']).toMatchObject({ state: 'done', round: 1 });
    expect([steps.ends('a', 'drain'), steps.ends('a', 'upgrade')]).toEqual([1, 1]);
  }, 60_000);
});
