import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RolloutEvent } from '../../../shared/domain/events.ts';
import type { GateSettings } from '../../../shared/domain/gate/settings.ts';
import { testEngines } from '../../helpers/engines.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeCluster, nodeView, podView } from '../../helpers/fake-cluster.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';

const engine = await testEngines();

const BACKUP: GateSettings = {
  kind: 'pods',
  name: 'backups',
  at: ['claim', 'reboot', 'recovery'],
  timeoutMs: 10_000,
  selector: 'app=backup',
  namespace: 'batch',
  where: 'node',
};

const waits = (text: string) => (event: RolloutEvent) =>
  (event.type === 'waiting' && event.reasons.some(reason => reason.includes(text))) ||
  (event.type === 'step-waiting' && event.reason.includes(text));

async function world(nodes: readonly string[], gates: readonly GateSettings[]) {
  const cluster = new FakeCluster(new FakeClock());
  const plan = tinyPlan({ stages: { dev: { a: [{ nodes: [...nodes] }] } }, kubernetes: true, cluster: { gates } });
  for (const name of nodes) cluster.add(nodeView(name, { uid: uidOf(plan, name) }));
  const it = await engine({ connectCluster: () => cluster });
  const steps = new ScriptedSteps();
  const begin = async () => {
    await it.scheduler();
    await it.worker(steps.steps());
    return it.rollout(plan);
  };
  return { cluster, it, steps, begin };
}

function uidOf(plan: ReturnType<typeof tinyPlan>, name: string): string {
  const nodes = plan.stages.flatMap(stage => stage.clusters.flatMap(each => each.waves.flatMap(wave => wave.nodes)));
  return nodes.find(node => node.name === name)?.kubernetes?.uid ?? '';
}

const backup = (node: string) => podView('nightly', node, { namespace: 'batch', labels: { app: 'backup' } });

describe('a gate', () => {
  it('of recovery keeps the slot of a host outside Kubernetes, too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nodetide-gate-'));
    const command = `[ -e ${folder}/well ] || { echo the storage heals; exit 1; }`;
    const moments = { at: ['recovery'], timeoutMs: 10_000 } as const;
    const gates: GateSettings[] = [{ kind: 'command', name: 'storage', of: 'cluster', command, ...moments }];
    const it = await engine({});
    const steps = new ScriptedSteps();
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2'] }] } }, cluster: { gates } }));
    await it.event(id, waits('recovery after n1: storage: the storage heals'));
    expect(steps.acts.filter(act => act.node === 'n2')).toEqual([]);
    await writeFile(join(folder, 'well'), '');
    expect((await it.ended(id)).counts).toMatchObject({ done: 2 });
    await rm(folder, { recursive: true });
  }, 60_000);

  it('that is closed to one node lets others go first, and tells what would open it', async () => {
    const { cluster, it, steps, begin } = await world(['n1', 'n2'], [BACKUP]);
    cluster.add(backup('n1'));
    const id = await begin();
    await it.event(id, waits('backups: batch/nightly on n1 must not be disturbed; opens when they have ended'));
    await steps.seen('n2', 'uncordon', 'end');
    expect(steps.acts.filter(act => act.node === 'n1')).toEqual([]);
    cluster.remove(backup('n1'));
    expect((await it.ended(id)).counts).toMatchObject({ done: 2 });
  }, 60_000);

  it('that closes before the reboot holds it', async () => {
    const { cluster, it, steps, begin } = await world(['n1'], [BACKUP]);
    steps.on('n1', 'upgrade', async () => {
      cluster.add(backup('n1'));
      return undefined;
    });
    const id = await begin();
    await it.event(id, waits('must not be disturbed'));
    expect(steps.acts.filter(act => act.step === 'reboot')).toEqual([]);
    cluster.remove(backup('n1'));
    expect((await it.ended(id)).counts).toMatchObject({ done: 1 });
  }, 60_000);

  it('of Longhorn holds everything while a volume is degraded, and opens when it is healthy', async () => {
    const moments = { at: ['claim'], timeoutMs: 10_000 } as const;
    const longhorn: GateSettings = { kind: 'longhorn', name: 'longhorn', namespace: 'longhorn-system', ...moments };
    const { cluster, it, steps, begin } = await world(['n1'], [longhorn]);
    const volume = (robustness: string) => ({ metadata: { name: 'pvc-0' }, status: { state: 'attached', robustness } });
    let robustness = 'degraded';
    cluster.onRead = ({ resource }) => (resource === 'volumes.longhorn.io' ? [volume(robustness)] : []);
    const id = await begin();
    await it.event(id, waits('longhorn: volume pvc-0 is degraded; opens when they are healthy again'));
    expect(steps.acts).toEqual([]);
    robustness = 'healthy';
    expect((await it.ended(id)).counts).toMatchObject({ done: 1 });
  }, 60_000);

  it('that cannot be asked is closed, and says why', async () => {
    const { cluster, it, steps, begin } = await world(['n1'], [BACKUP]);
    const listPods = cluster.listPods.bind(cluster);
    cluster.listPods = () => Promise.reject(new Error('no route to host'));
    const id = await begin();
    await it.event(id, waits('backups: cannot be asked: no route to host; opens when it answers'));
    expect(steps.acts).toEqual([]);
    cluster.listPods = listPods;
    expect((await it.ended(id)).counts).toMatchObject({ done: 1 });
  }, 60_000);
});
