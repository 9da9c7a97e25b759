import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../shared/domain/plan.ts';
import { testEngines } from '../../helpers/engines.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';
import { marked, SeenCluster } from '../../helpers/seen-cluster.ts';

/** Longer than what was seen of a cluster, and of its Lease, is good for. */
const FACTS_SHARED_MS = 600;
const LEASE_SHARED_MS = 2_500;

const engine = await testEngines();
const plan = (nodes: string[], cluster = {}) =>
  tinyPlan({ stages: { dev: { a: [{ nodes }] } }, kubernetes: true, cluster });
const waitsFor = (text: string) => (event: { type: string; reasons?: readonly string[] }) =>
  event.type === 'waiting' && (event.reasons ?? []).some(reason => reason.includes(text));

/** Hosts without Kubernetes first, then the cluster. */
const laterStage: Plan = (() => {
  const hosts = tinyPlan({ stages: { dev: { h: [{ nodes: ['h1'] }] } } });
  return { ...hosts, stages: [...hosts.stages, ...plan(['n1']).stages.map(stage => ({ ...stage, name: 'prod' }))] };
})();

describe('recovery', () => {
  it('that never ends does not keep an aborted rollout from ending', async () => {
    const world = new SeenCluster(['n1', 'n2']);
    const it = await engine({ connectCluster: world.connector });
    const steps = new ScriptedSteps();
    steps.on('n1', 'uncordon', async () => {
      world.set('n1', { ready: false, notReadyReason: 'KubeletStopped' });
      await sleep(FACTS_SHARED_MS);
      return undefined;
    });
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(plan(['n1', 'n2']));
    await it.event(id, waitsFor('recovery after n1'));
    await it.command(id, { kind: 'abort' });
    expect((await it.ended(id)).counts).toMatchObject({ done: 1, aborted: 1 });
  }, 40_000);
});

describe('two installations, two Redises, one cluster', () => {
  it('the second waits, with the reason, until the first has ended', async () => {
    const world = new SeenCluster(['n1', 'n2']);
    const [first, second] = [
      await engine({ connectCluster: world.connector }),
      await engine({ connectCluster: world.connector }),
    ];
    const steps = new ScriptedSteps();
    let away = 0;
    let most = 0;
    steps.on('*', 'drain', () => {
      away += 1;
      most = Math.max(most, away);
      return Promise.resolve(undefined);
    });
    let release: () => void = () => {};
    const gate = new Promise<void>(resolve => {
      release = resolve;
    });
    steps.on('*', 'uncordon', async () => {
      await gate;
      away -= 1;
      return undefined;
    });
    for (const it of [first, second]) {
      await it.scheduler();
      await it.worker(steps.steps());
    }
    const a = await first.rollout(plan(['n1', 'n2']));
    await steps.seen('n1', 'drain');
    const b = await second.rollout(plan(['n1', 'n2']));
    await second.event(b, waitsFor('its Lease is held by'));
    release();
    await first.ended(a);
    expect((await second.ended(b)).counts.done).toBe(2);
    expect(most).toBe(1);
  }, 40_000);

  it('an expired Lease is not free while its holder has a mark on a node; a person can take it over', async () => {
    const world = new SeenCluster(['n1', 'n2']);
    world.lease = { holder: 'other/r0', renewedAtMs: 0, durationSeconds: 60, resourceVersion: '7' };
    world.set('n2', { ...marked({}), unschedulable: true });
    const it = await engine({ connectCluster: world.connector });
    const steps = new ScriptedSteps();
    await it.scheduler();
    await it.worker(steps.steps());
    const refused = await it.rollout(plan(['n1']));
    await it.event(refused, waitsFor('whose mark is still on n2'));
    await it.command(refused, { kind: 'abort' });
    await it.ended(refused);
    expect(steps.acts).toEqual([]);
    const forced = await it.rollout(plan(['n1']), true);
    expect((await it.ended(forced)).counts.done).toBe(1);
  }, 40_000);

  it('clusters whose stage has not come stay taken, and one that was taken away is not taken back', async () => {
    const world = new SeenCluster(['n1']);
    const it = await engine({ connectCluster: world.connector });
    const steps = new ScriptedSteps();
    let release: () => void = () => {};
    const gate = new Promise<void>(resolve => {
      release = resolve;
    });
    steps.on('h1', 'upgrade', async () => {
      await gate;
      return undefined;
    });
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(laterStage, true);
    await steps.seen('h1', 'upgrade');
    const ours = world.lease?.holder;
    expect(ours).toContain(id);
    // Much time passes: it is renewed although nothing of this cluster has begun.
    world.lease = { holder: ours ?? null, renewedAtMs: 0, durationSeconds: 60, resourceVersion: '900' };
    await expect.poll(() => world.lease?.renewedAtMs, { timeout: 50_000, interval: 200 }).toBeGreaterThan(0);
    // A person gave the cluster to another installation: the word that was given to us once does not count again.
    world.lease = {
      holder: 'other/r0',
      renewedAtMs: Date.now() + 3_600_000,
      durationSeconds: 60,
      resourceVersion: '901',
    };
    await sleep(LEASE_SHARED_MS);
    release();
    await it.event(id, waitsFor('its Lease is held by other/r0'));
    expect(steps.acts.some(act => act.node === 'n1')).toBe(false);
  });

  it('an expired Lease without any mark left is taken', async () => {
    const world = new SeenCluster(['n1']);
    world.lease = { holder: 'other/r0', renewedAtMs: 0, durationSeconds: 60, resourceVersion: '7' };
    const it = await engine({ connectCluster: world.connector });
    const steps = new ScriptedSteps();
    await it.scheduler();
    await it.worker(steps.steps());
    expect((await it.ended(await it.rollout(plan(['n1'])))).counts.done).toBe(1);
    await expect.poll(() => world.lease?.holder).toBeNull();
  }, 40_000);
});

describe('the frozen plan against the cluster as it is', () => {
  it('gone, cordoned by others, changed, not Ready: each its own answer; what is well goes on', async () => {
    const world = new SeenCluster(['n2', 'n3', 'n4', 'n5']);
    world.set('n2', { unschedulable: true });
    world.set('n3', { uid: 'another' });
    world.set('n4', { ready: false, notReadyReason: 'KubeletStopped' });
    const it = await engine({ connectCluster: world.connector });
    const steps = new ScriptedSteps();
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(plan(['n1', 'n2', 'n3', 'n4', 'n5']));
    await it.event(id, event => event.type === 'node-done' && event.node === 'n5');
    const status = await it.status(id);
    expect(status.nodes['a/n1']).toMatchObject({ state: 'excluded', reason: 'the Node is gone from the cluster' });
    expect(status.nodes['a/n2']).toMatchObject({ state: 'skipped', reason: 'cordoned by somebody else' });
    expect(status.nodes['a/n3']).toMatchObject({ state: 'pending' });
    expect(status.nodes['a/n3']?.reason).toContain('UID changed');
    expect(status.nodes['a/n4']?.reason).toContain('KubeletStopped');
    world.set('n4', { ready: true });
    await it.event(id, event => event.type === 'node-done' && event.node === 'n4');
    await it.command(id, { kind: 'skip', cluster: 'a', node: 'n3' });
    const ended = await it.ended(id);
    expect(ended.counts).toMatchObject({ done: 2, skipped: 2, excluded: 1 });
  }, 40_000);

  it('trouble elsewhere in the cluster: nothing is added until it is over', async () => {
    const world = new SeenCluster(['n1', 'n2', 'x1']);
    world.set('x1', { ready: false, notReadyReason: 'NetworkLost' });
    const it = await engine({ connectCluster: world.connector });
    const steps = new ScriptedSteps();
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(plan(['n1', 'n2'], { maxUnavailable: { kind: 'number', value: 1 } }));
    await it.event(id, waitsFor('maxUnavailable 1: away are x1'));
    expect(steps.acts).toEqual([]);
    world.set('x1', { ready: true });
    expect((await it.ended(id)).counts.done).toBe(2);
  }, 40_000);

  it.each(['trouble', 'listTrouble'] as const)(
    'a cluster that cannot be asked closes the gate: %s',
    async trouble => {
      const world = new SeenCluster(['n1', 'n2']);
      const it = await engine({ connectCluster: world.connector });
      const steps = new ScriptedSteps();
      steps.on('n1', 'drain', async () => {
        world[trouble] = 'connection refused';
        // Facts are shared for half a second: what is asked after this is asked anew.
        await sleep(600);
        return undefined;
      });
      await it.scheduler();
      await it.worker(steps.steps());
      const id = await it.rollout(plan(['n1', 'n2']));
      await it.event(id, waitsFor('connection refused'));
      expect(steps.acts.some(act => act.node === 'n2')).toBe(false);
      world[trouble] = '';
      expect((await it.ended(id)).counts.done).toBe(2);
    },
    40_000,
  );

  it('nodes that cannot be listed at the first claim: none is taken, none is settled', async () => {
    const world = new SeenCluster(['n1', 'n2']);
    world.listTrouble = 'connection refused';
    const it = await engine({ connectCluster: world.connector });
    const steps = new ScriptedSteps();
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(plan(['n1', 'n2']));
    await it.event(id, waitsFor('connection refused'));
    expect(steps.acts).toEqual([]);
    world.listTrouble = '';
    expect((await it.ended(id)).counts.done).toBe(2);
  }, 40_000);

  it('a node with our mark is adopted before any other is claimed', async () => {
    const world = new SeenCluster(['n1', 'n2', 'n3']);
    const it = await engine({ connectCluster: world.connector });
    const steps = new ScriptedSteps();
    const id = await it.rollout(plan(['n1', 'n2', 'n3'], { maxUnavailable: { kind: 'number', value: 1 } }));
    const installation = await it.store.installation();
    world.set('n3', { ...marked({ installation, rollout: id, round: 1, epoch: 5 }), unschedulable: true });
    steps.on('n3', 'uncordon', () => {
      world.set('n3', { annotations: {}, unschedulable: false });
      return Promise.resolve(undefined);
    });
    await it.scheduler();
    await it.worker(steps.steps());
    expect((await it.ended(id)).counts.done).toBe(3);
    const claimed = (await it.store.events(id)).filter(event => event.type === 'node-claimed');
    expect(claimed[0]).toMatchObject({ node: 'n3', adopted: true });
  }, 40_000);
});
