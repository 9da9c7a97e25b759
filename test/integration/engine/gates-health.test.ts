import { describe, expect, it } from 'vitest';
import type { RolloutEvent } from '../../../shared/domain/events.ts';
import type { QuorumGateSettings } from '../../../shared/domain/gate/quorum.ts';
import type { ClusterPolicy } from '../../../shared/domain/policy.ts';
import { storeKeys } from '../../../shared/journal/keys.ts';
import { testEngines } from '../../helpers/engines.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeCluster, nodeView, podView } from '../../helpers/fake-cluster.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';

const engine = await testEngines();

const ETCD: QuorumGateSettings = {
  kind: 'quorum',
  name: 'etcd',
  at: ['claim', 'reboot', 'verify'],
  timeoutMs: 10_000,
  members: { kind: 'selector', selector: 'role=etcd' },
  healthUrl: '',
  insecure: false,
};
const LABELS = { role: 'etcd' };
const etcdPod = (node: string, ready: boolean) =>
  podView(`etcd-${node}`, node, { namespace: 'kube-system', labels: { component: 'etcd' }, ready });

const waits = (text: string) => (event: RolloutEvent) =>
  (event.type === 'waiting' && event.reasons.some(reason => reason.includes(text))) ||
  (event.type === 'step-waiting' && event.reason.includes(text));

async function world(nodes: readonly string[], concurrency: number, policy: Partial<ClusterPolicy>) {
  const cluster = new FakeCluster(new FakeClock());
  const stages = { dev: { a: [{ nodes: [...nodes], concurrency }] } };
  const plan = tinyPlan({ stages, kubernetes: true, cluster: policy });
  const it = await engine({ connectCluster: () => cluster });
  const steps = new ScriptedSteps();
  const begin = async () => {
    await it.scheduler();
    await it.worker(steps.steps());
    return it.rollout(plan);
  };
  return { cluster, it, steps, begin };
}

describe('zones', () => {
  it('with no room let nodes of others go first, and go on when there is room', async () => {
    const maxUnavailablePer = [{ label: 'zone', max: { kind: 'number', value: 1 } as const }];
    const { cluster, it, steps, begin } = await world(['n1', 'n2', 'n3'], 3, { maxUnavailablePer });
    cluster.add(nodeView('n1', { labels: { zone: 'a' } }), nodeView('n2', { labels: { zone: 'b' } }));
    cluster.add(nodeView('n3', { labels: { zone: 'a' } }), nodeView('x1', { labels: { zone: 'a' }, ready: false }));
    const id = await begin();
    await it.event(id, waits('zone a: 1 of 1 away: x1'));
    await steps.seen('n2', 'uncordon', 'end');
    expect(new Set(steps.acts.map(act => act.node))).toEqual(new Set(['n2']));
    cluster.add(nodeView('x1', { labels: { zone: 'a' } }));
    expect((await it.ended(id)).counts).toMatchObject({ done: 3 });
    const [first, second] = ['n1', 'n3'].map(node => steps.acts.findIndex(act => act.node === node));
    const last = steps.acts.findLastIndex(act => act.node === 'n1');
    expect(first).toBeLessThan(second ?? -1);
    expect(last).toBeLessThan(second ?? -1);
  }, 60_000);
});

describe('a quorum', () => {
  it('takes no member while another is not well, and never two at a time', async () => {
    const { cluster, it, steps, begin } = await world(['e1', 'e2', 'e3', 'n1'], 4, { gates: [ETCD] });
    for (const name of ['e1', 'e2', 'e3'])
      cluster.add(nodeView(name, { labels: LABELS }), etcdPod(name, name !== 'e3'));
    cluster.add(nodeView('n1'));
    const id = await begin();
    await it.event(id, waits('etcd: e3: kube-system/etcd-e3 is not ready; opens when every other member is well'));
    // Its own trouble keeps no member; nor is n1 one.
    await steps.seen('e3', 'uncordon', 'end');
    await steps.seen('n1', 'uncordon', 'end');
    expect(new Set(steps.acts.map(act => act.node))).toEqual(new Set(['e3', 'n1']));
    cluster.add(etcdPod('e3', true));
    expect((await it.ended(id)).counts).toMatchObject({ done: 4 });
    const members = steps.acts.filter(act => act.node.startsWith('e')).map(act => act.node);
    const changes = members.filter((node, index) => node !== members[index - 1]);
    expect(changes).toHaveLength(3);
  }, 60_000);

  it('holds the reboot of a member when another falls ill meanwhile', async () => {
    const { cluster, it, steps, begin } = await world(['e1'], 1, { gates: [ETCD] });
    for (const name of ['e1', 'e2', 'e3']) cluster.add(nodeView(name, { labels: LABELS }));
    steps.on('e1', 'upgrade', async () => {
      cluster.add(nodeView('e2', { labels: LABELS, ready: false, notReadyReason: 'KubeletStopped' }));
      return undefined;
    });
    const id = await begin();
    await it.event(id, waits('etcd: e2 is not Ready: KubeletStopped'));
    expect(steps.acts.filter(act => act.step === 'reboot')).toEqual([]);
    cluster.add(nodeView('e2', { labels: LABELS }));
    expect((await it.ended(id)).counts).toMatchObject({ done: 1 });
  }, 60_000);
});

describe('the time between reboots', () => {
  it('keeps a second node from being taken, and tells when it ends', async () => {
    const { cluster, it, steps, begin } = await world(['n1', 'n2'], 1, { minTimeBetweenRebootsMs: 3_600_000 });
    cluster.add(nodeView('n1'), nodeView('n2'));
    const proof = { rebooted: true, byOthers: false, bootIdBefore: 'b1', bootIdAfter: 'b2', downtimeMs: 1 };
    steps.on('n1', 'reboot', async () => ({ kind: 'done', proof, note: 'rebooted' }));
    const id = await begin();
    const told = await it.event(id, waits('the last reboot of the cluster was too short ago: the next not before'));
    const reasons = told.type === 'waiting' ? told.reasons.join() : '';
    const notBefore = Date.parse(/not before (\S+)/.exec(reasons)?.[1] ?? '');
    expect(notBefore - told.atMs).toBeGreaterThan(3_000_000);
    expect(steps.acts.filter(act => act.node === 'n2')).toEqual([]);
    // As if that hour were over; a resumed rollout looks at once.
    await it.connection.hdel(storeKeys(it.prefix).reboots, 'a');
    await it.command(id, { kind: 'pause' });
    await it.command(id, { kind: 'resume' });
    expect((await it.ended(id)).counts).toMatchObject({ done: 2 });
  }, 60_000);
});
