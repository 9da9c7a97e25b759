import { describe, expect, it } from 'vitest';
import type { RolloutEvent } from '../../../shared/domain/events.ts';
import type { GateSettings } from '../../../shared/domain/gate/settings.ts';
import { testEngines } from '../../helpers/engines.ts';
import { KuredStandIn } from '../../helpers/kured-stand-in.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';
import { simCluster } from '../../helpers/sim-cluster.ts';

const engine = await testEngines();
const KEY = 'weave.works/kured-node-lock';
const HOLD: GateSettings = {
  ...{ kind: 'kured', name: 'kured', lock: 'hold', namespace: 'kube-system', daemonSet: 'kured' },
  ...{ at: ['claim', 'reboot'], timeoutMs: 10_000, ttlMs: 3_600_000 },
};

/** A rollout of nodes a and b, one after another, beside a kured. */
async function world() {
  const { sim, api, close } = await simCluster(['a', 'b']);
  const labels = { app: 'kured' };
  const template = {
    metadata: { labels },
    spec: { nodeSelector: { none: 'none' }, containers: [{ name: 'kured', image: 'kured' }] },
  };
  const spec = { selector: { matchLabels: labels }, template };
  sim.objects.create('daemonsets', { metadata: { name: 'kured', namespace: 'kube-system' }, spec });
  const lock = () => sim.objects.get('daemonsets', 'kube-system', 'kured')?.metadata.annotations?.[KEY];
  const plan = tinyPlan({
    stages: { dev: { sim: [{ nodes: ['a', 'b'] }] } },
    kubernetes: true,
    cluster: { gates: [HOLD] },
  });
  for (const node of plan.stages[0]?.clusters[0]?.waves[0]?.nodes ?? []) {
    Object.assign(node, { kubernetes: { uid: sim.objects.get('nodes', '', node.name)?.metadata.uid ?? '' } });
  }
  const it = await engine({ connectCluster: () => api });
  const steps = new ScriptedSteps();
  const seen: (string | undefined)[] = [];
  for (const step of ['drain', 'reboot'] as const) {
    steps.on('*', step, async () => {
      seen.push(lock());
      return undefined;
    });
  }
  const kured = new KuredStandIn({ url: sim.url, namespace: 'kube-system', daemonSet: 'kured' }, 'a', 1);
  return { it, steps, seen, lock, plan, kured, close };
}

const waits = (text: string) => (event: RolloutEvent) =>
  event.type === 'waiting' && event.reasons.some(reason => reason.includes(text));

describe("kured's lock", () => {
  it('is waited for, is ours while nodes are away, also after a scheduler has died, and is given back', async () => {
    const { it, steps, seen, lock, plan, kured, close } = await world();
    expect(await kured.acquire()).toBe(true);
    const first = await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(plan);
    await it.event(id, waits("kured: kured's lock on DaemonSet kube-system/kured is held by a since"));
    expect(steps.acts).toEqual([]);
    await kured.release();
    await steps.seen('a', 'drain', 'begin');
    await first.stop();
    await it.scheduler();
    expect((await it.ended(id)).counts).toMatchObject({ done: 2 });
    expect(seen).toHaveLength(4);
    for (const text of seen) expect(JSON.parse(text ?? '{}')).toMatchObject({ nodeID: `nodetide:${id}` });
    await expect.poll(lock, { timeout: 30_000 }).toBe(undefined);
    // The world first, then the store's own note of it.
    await expect.poll(() => it.store.holds()).toEqual({});
    await it.stop();
    await close();
  }, 90_000);

  it('is not kept from kured while the rollout is paused and no node is away', async () => {
    const { it, steps, plan, close } = await world();
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(plan);
    await steps.seen('a', 'drain', 'begin');
    await it.command(id, { kind: 'pause' });
    await it.event(id, waits('the rollout is paused'));
    const used = async () => Object.values(await it.store.holds())[0]?.usedAtMs;
    const before = await used();
    expect(before).toBeGreaterThan(0);
    // Something wakes the slot: it looks again, and takes no node.
    await it.command(id, { kind: 'failure-budget', place: { of: 'rollout' }, budget: 3 });
    const busy = async () => it.queues.queue('slot').getJobCountByTypes('active', 'waiting', 'prioritized');
    await expect.poll(busy, { timeout: 20_000 }).toBe(0);
    expect(await used()).toBe(before);
    await it.command(id, { kind: 'resume' });
    expect((await it.ended(id)).counts).toMatchObject({ done: 2 });
    await it.stop();
    await close();
  }, 90_000);
});
