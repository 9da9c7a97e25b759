import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../../services/simulator/api/object.ts';
import type { PodView } from '../../../shared/domain/facts.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import { type SimApiWithClient, simCluster } from '../../helpers/sim-cluster.ts';

const signal = new AbortController().signal;

describe.each([{ https: false }, { https: true }])('the client on a simulated API server, $https', ({ https }) => {
  let world: SimApiWithClient;
  beforeAll(async () => {
    world = await simCluster(['a', 'b'], {
      https,
      workloads: [
        { kind: 'Deployment', name: 'web', replicas: 4 },
        { kind: 'DaemonSet', name: 'agent', namespace: 'kube-system' },
      ],
      pdbs: [{ name: 'web', matchLabels: { app: 'web' }, minAvailable: 4 }],
      pods: [{ name: 'static', node: 'a', mirror: true }],
    });
  });
  afterAll(() => world.close());

  it('reads nodes', async () => {
    const nodes = await world.api.listNodes(signal);
    expect(nodes.map(node => [node.name, node.ready, node.bootId])).toEqual([
      ['a', true, 'boot-a'],
      ['b', true, 'boot-b'],
    ]);
    expect(nodes[0]?.heartbeatMs).toBeGreaterThan(0);
    expect(nodes[0]?.readySinceMs).toBeGreaterThan(0);
    expect(await world.api.getNode('nobody', signal)).toBeNull();
  });

  it('reads pods, owners and budgets', async () => {
    const pods = await world.api.listPodsOnNode('a', '', signal);
    expect(pods.find(pod => pod.name === 'static')).toMatchObject({ mirror: true });
    expect(pods.find(pod => pod.labels['app'] === 'agent')).toMatchObject({
      controller: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent' },
      toleratesCordon: true,
    });
    expect(pods.find(pod => pod.labels['app'] === 'web')).toMatchObject({
      controller: { kind: 'ReplicaSet' },
      ready: true,
      toleratesCordon: false,
    });
    const selected = await world.api.listPodsOnNode('a', 'app=web', signal);
    expect(selected.length).toBeLessThan(pods.length);
    expect(await world.api.listPdbs(signal)).toMatchObject([{ name: 'web', disruptionsAllowed: 0, desiredHealthy: 4 }]);
    expect(await world.api.daemonSetExists('kube-system', 'agent', signal)).toBe(true);
    expect(await world.api.daemonSetExists('kube-system', 'nobody', signal)).toBe(false);
    expect(await world.api.listVolumeAttachments('a', signal)).toEqual([]);
  });

  it('reads which volumes a node has, and which a claim is bound to', async () => {
    const { objects } = world.sim;
    const attachment = (name: string, nodeName: string, source: Json) =>
      objects.create('volumeattachments', { metadata: { name }, spec: { attacher: 'csi', nodeName, source } });
    attachment('csi-1', 'a', { persistentVolumeName: 'pv-1' });
    attachment('csi-2', 'b', { persistentVolumeName: 'pv-2' });
    attachment('csi-3', 'a', { inlineVolumeSpec: {} });
    expect(await world.api.listVolumeAttachments('a', signal)).toEqual([
      { name: 'csi-1', volume: 'pv-1' },
      { name: 'csi-3', volume: null },
    ]);
    const claim = (name: string, spec: Json) =>
      objects.create('persistentvolumeclaims', { metadata: { name, namespace: 'default' }, spec });
    claim('bound', { volumeName: 'pv-1' });
    claim('waits', {});
    const volumes = ['bound', 'waits', 'nobody'].map(name => world.api.volumeOfClaim('default', name, signal));
    expect(await Promise.all(volumes)).toEqual(['pv-1', null, null]);
  });

  it('changes a node once, whoever else writes it meanwhile', async () => {
    let reads = 0;
    const node = await world.api.updateNode(
      'b',
      seen => {
        // A kubelet that writes between our read and our write.
        if (reads++ === 0) world.sim.objects.patch('nodes', '', 'b', { metadata: { labels: { other: 'writer' } } });
        return {
          unschedulable: true,
          annotations: { 'nodetide.io/work': `seen ${seen.labels['other'] ?? 'nothing'}` },
        };
      },
      signal,
    );
    // A heartbeat may come in between, too.
    expect(reads).toBeGreaterThanOrEqual(2);
    expect(node).toMatchObject({ unschedulable: true, annotations: { 'nodetide.io/work': 'seen writer' } });
    const back = await world.api.updateNode(
      'b',
      () => ({ unschedulable: false, annotations: { 'nodetide.io/work': null } }),
      signal,
    );
    expect(back.unschedulable).toBe(false);
    expect(back.annotations['nodetide.io/work']).toBeUndefined();
  });

  it('makes a change once when the answer to it is lost', async () => {
    world.sim.faults.drop(/PATCH/, 1, 'after');
    let asked = 0;
    const node = await world.api.updateNode(
      'b',
      seen => {
        asked++;
        return seen.annotations['once'] === 'done' ? null : { annotations: { once: 'done' } };
      },
      signal,
    );
    expect(asked).toBeGreaterThanOrEqual(2);
    expect(node.annotations['once']).toBe('done');
  });

  it('is told which budget refuses an eviction', async () => {
    const [pod] = await world.api.listPodsOnNode('a', 'app=web', signal);
    if (!pod) throw new Error('no pod');
    const answer = await world.api.evictPod(pod, { gracePeriodSeconds: -1 }, signal);
    expect(answer).toMatchObject({ kind: 'refused', budgets: ['web'], retryAfterMs: null });
    const impostor: PodView = { ...pod, uid: 'another' };
    expect((await world.api.evictPod(impostor, { gracePeriodSeconds: -1 }, signal)).kind).toBe('gone');
    expect((await world.api.deletePod(impostor, { gracePeriodSeconds: -1 }, signal)).kind).toBe('gone');
    const still = (await world.api.listPodsOnNode('a', 'app=web', signal)).find(({ name }) => name === pod.name);
    expect(still).toMatchObject({ uid: pod.uid, deletionMs: null });
  });

  it('takes a lease once, renews it, and loses it to a faster one', async () => {
    const { api } = world;
    const lease = { holder: 'us', durationSeconds: 10, expected: null };
    expect(await api.getLease('default', 'l', signal)).toBeNull();
    const taken = await api.putLease('default', 'l', lease, signal);
    expect(taken).toMatchObject({ holder: 'us', durationSeconds: 10 });
    expect(Math.abs((taken?.renewedAtMs ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(await api.putLease('default', 'l', lease, signal)).toBeNull();
    const expected = taken?.resourceVersion ?? '';
    const renewed = await api.putLease('default', 'l', { ...lease, expected }, signal);
    expect(renewed?.holder).toBe('us');
    expect(await api.putLease('default', 'l', { ...lease, holder: 'them', expected }, signal)).toBeNull();
    const given = { holder: null, durationSeconds: 10, expected: renewed?.resourceVersion ?? '' };
    expect(await api.putLease('default', 'l', given, signal)).toMatchObject({ holder: null });
    expect(await api.getLease('default', 'l', signal)).toMatchObject({ holder: null });
  });

  it('asks about permissions, version and clock', async () => {
    const may = await world.api.canI({ verb: 'create', group: '', resource: 'pods/eviction' }, signal);
    expect(may).toBe(true);
    const info = await world.api.serverInfo(signal);
    expect(info.version).toMatch(/^v1\./);
    expect(Math.abs(info.clockSkewMs)).toBeLessThan(1_000);
  });
});

describe('a watch of the pods of a node', () => {
  it('sees changes, and goes on after cut connections and expired versions', async () => {
    const { sim, api, close } = await simCluster(['a'], { pods: [{ name: 'p0', node: 'a' }] });
    const end = new AbortController();
    let names: string[] = [];
    let changed = (): void => undefined;
    const watching = api.watchPodsOnNode(
      'a',
      pods => {
        names = pods.map(pod => pod.name).sort();
        changed();
      },
      end.signal,
    );
    const nextChange = () =>
      new Promise<void>(resolve => {
        changed = resolve;
      });
    const until = async (wanted: string[]): Promise<void> => {
      while (names.join() !== wanted.join()) await nextChange();
    };
    const add = (name: string) => {
      const pod = sim.objects.get('pods', 'default', 'p0');
      sim.objects.create('pods', { ...pod, metadata: { name, namespace: 'default' } });
    };
    await until(['p0']);
    add('p1');
    await until(['p0', 'p1']);
    sim.faults.cutWatches();
    add('p2');
    await until(['p0', 'p1', 'p2']);
    sim.faults.expireWatches();
    add('p3');
    await until(['p0', 'p1', 'p2', 'p3']);
    sim.faults.failRequests(/GET \/api\/v1\/pods/, 503, 4);
    sim.faults.cutWatches();
    add('p4');
    await until(['p0', 'p1', 'p2', 'p3', 'p4']);
    sim.objects.delete('pods', 'default', 'p1');
    await until(['p0', 'p2', 'p3', 'p4']);
    end.abort();
    await watching;
    await close();
  });

  it('ends with a failure when we may not', async () => {
    const { sim, api, close } = await simCluster(['a']);
    sim.faults.failRequests(/watch=true/, 403);
    const failure = await api.watchPodsOnNode('a', () => undefined, signal).catch((error: unknown) => failureOf(error));
    expect(failure).toMatchObject({ code: 'cluster-forbidden' });
    await close();
  });
});

it('pages past 500 pods', async () => {
  const pods = Array.from({ length: 612 }, (_, index) => ({ name: `p${index}`, node: 'a' }));
  const { sim, api, close } = await simCluster(['a'], { pods });
  expect(await api.listPodsOnNode('a', '', signal)).toHaveLength(612);
  expect(sim.requests.filter(request => request.path.includes('continue='))).toHaveLength(1);
  await close();
});

it('a certificate nobody vouches for is named as such', async () => {
  const { api, close } = await simCluster(['a'], { https: true, trusted: false });
  expect(await api.listNodes(signal).catch((error: unknown) => failureOf(error))).toMatchObject({
    code: 'cluster-certificate',
    retryable: false,
  });
  await close();
});
