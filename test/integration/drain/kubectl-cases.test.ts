import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Failure, failureOf } from '../../../shared/domain/failure.ts';
import type { DrainPolicy } from '../../../shared/domain/policy.ts';
import { type SimApiWithClient, simCluster } from '../../helpers/sim-cluster.ts';
import { addDaemonSet, addPod, type Drained, drainA, OWNERS, type PodWish } from '../../helpers/sim-drain.ts';

// The cases of kubectl's own tables (pkg/cmd/drain, pkg/drain), over HTTP, and those its tables leave out.

let world: SimApiWithClient;
beforeEach(async () => {
  world = await simCluster(['a', 'b']);
});
afterEach(() => world.close());

type Ended = Drained | Failure;
const drain = (policy: Partial<DrainPolicy> = {}, more = {}): Promise<Ended> =>
  drainA(world.api, policy, more).catch((error: unknown) => failureOf(error));
const evicted = (): string[] =>
  world.world.entries.filter(entry => entry.act === 'evict').map(entry => String(entry.detail['pod']));
const asked = (pattern: RegExp): number =>
  world.sim.requests.filter(({ method, path }) => pattern.test(`${method} ${path}`)).length;

const FORCE = { force: true };
const LOCAL = { deleteEmptyDirData: true };
const DAEMONS = { ignoreDaemonSets: true };
const { replicationController, replicaSet, job, daemonSet } = OWNERS;

describe('evicted', () => {
  it.each<[string, PodWish, Partial<DrainPolicy>]>([
    ['a pod of a ReplicationController', { owner: replicationController }, {}],
    ['a DaemonSet pod that Succeeded', { owner: daemonSet, phase: 'Succeeded' }, {}],
    ['a pod whose DaemonSet is gone, with force', { owner: { ...daemonSet, name: 'gone' } }, FORCE],
    ['a Job pod with emptyDir, with the flags', { owner: job, emptyDir: true }, { ...FORCE, ...LOCAL }],
    ['a Job pod that Succeeded with emptyDir', { owner: job, phase: 'Succeeded', emptyDir: true }, {}],
    ['a ReplicaSet pod', { owner: replicaSet }, {}],
    ['a naked pod, with force', {}, FORCE],
    ['a Failed pod with emptyDir', { phase: 'Failed', emptyDir: true }, {}],
    ['a naked pod with emptyDir, with the flags', { emptyDir: true }, { ...FORCE, ...LOCAL }],
  ])('%s', async (_, wish, policy) => {
    addDaemonSet(world.sim);
    addPod(world.sim, 'p', wish);
    expect(await drain(policy)).toMatchObject({ proof: { evicted: ['default/p'] } });
    expect(evicted()).toEqual(['default/p']);
    expect(world.sim.objects.get('pods', 'default', 'p')).toBeUndefined();
    expect(world.sim.objects.get('nodes', '', 'a')?.['spec']).toMatchObject({ unschedulable: true });
  });
});

describe('nothing to evict', () => {
  it.each<[string, PodWish | null, Partial<DrainPolicy>]>([
    ['a DaemonSet pod that is to be left', { owner: daemonSet }, DAEMONS],
    ['a DaemonSet pod with emptyDir that is to be left', { owner: daemonSet, emptyDir: true }, DAEMONS],
    ['a mirror pod', { mirror: true, emptyDir: true }, {}],
    ['an empty node', null, {}],
  ])('%s', async (_, wish, policy) => {
    addDaemonSet(world.sim);
    if (wish) addPod(world.sim, 'p', wish);
    expect(await drain(policy)).toMatchObject({ proof: { evicted: [] } });
    expect(asked(/POST .*eviction/)).toBe(0);
  });
});

describe('refused, and nothing is evicted', () => {
  it.each<[string, PodWish, Partial<DrainPolicy>, string]>([
    ['a DaemonSet pod', { owner: daemonSet }, {}, 'DaemonSet-managed Pods'],
    ['a pod whose DaemonSet is gone', { owner: { ...daemonSet, name: 'gone' } }, {}, 'DaemonSet is gone'],
    ['a naked pod', {}, {}, 'Pods that declare no controller'],
    ['a naked pod with emptyDir and force only', { emptyDir: true }, FORCE, 'Pods with local storage'],
  ])('%s', async (_, wish, policy, reason) => {
    addDaemonSet(world.sim);
    addPod(world.sim, 'p', wish);
    addPod(world.sim, 'good', { owner: replicaSet });
    const ended = await drain(policy);
    expect(ended).toMatchObject({ code: 'drain-obstacles' });
    expect((ended as Failure).seen).toMatch(new RegExp(`${reason}.*default/p`));
    expect(asked(/POST .*eviction/)).toBe(0);
  });

  it('when a DaemonSet cannot be read, with the words of the API, whatever the flags', async () => {
    addPod(world.sim, 'p', { owner: daemonSet });
    world.sim.faults.failRequests(/GET .*daemonsets/, 403);
    const ended = await drain({ ...FORCE, ...DAEMONS });
    expect(ended).toMatchObject({ code: 'drain-obstacles', seen: expect.stringContaining('made to fail') as string });
    expect(asked(/POST .*eviction/)).toBe(0);
  });

  it('when the pods cannot be listed', async () => {
    addPod(world.sim, 'p', { owner: replicaSet });
    world.sim.faults.failRequests(/GET \/api\/v1\/pods/, 403);
    expect(await drain()).toMatchObject({ code: 'cluster-forbidden' });
    expect(asked(/POST .*eviction/)).toBe(0);
    expect(asked(/GET \/api\/v1\/pods/)).toBe(1);
  });
});

describe('waiting', () => {
  it('ends when the name belongs to another pod', async () => {
    addPod(world.sim, 'p', { owner: replicaSet, stopMs: 40 });
    const stop = world.sim.objects.onChange('pods', (type, pod) => {
      if (type !== 'DELETED' || pod.metadata.name !== 'p') return;
      stop();
      addPod(world.sim, 'p', { owner: replicaSet, node: 'b' });
    });
    expect(await drain()).toMatchObject({ proof: { evicted: ['default/p'] } });
    expect(asked(/POST .*eviction/)).toBe(1);
    expect(world.sim.objects.get('pods', 'default', 'p')).toBeDefined();
  });

  it('past the deadline names the pods left', async () => {
    addPod(world.sim, 'slow', { owner: replicaSet, stopMs: 20_000 });
    addPod(world.sim, 'quick', { owner: replicaSet });
    const ended = await drain({}, { timeoutMs: 700 });
    expect(ended).toMatchObject({ code: 'drain-timeout' });
    expect((ended as Failure).seen).toContain('default/slow');
    expect((ended as Failure).seen).not.toContain('default/quick');
  });

  it('cancelled ends with the reason', async () => {
    addPod(world.sim, 'slow', { owner: replicaSet, stopMs: 20_000 });
    const end = new AbortController();
    const stop = world.world.onEntry(entry => entry.act === 'evict' && end.abort(new Error('enough')));
    await expect(drainA(world.api, {}, { signal: end.signal })).rejects.toThrow('enough');
    stop();
  });

  it('is left out for pods that terminate for too long', async () => {
    // There is no machine behind this Node, so nobody stops its pods.
    world.sim.objects.create('nodes', { metadata: { name: 'lost' }, spec: {} });
    addPod(world.sim, 'stuck', { owner: replicaSet, node: 'lost', graceSeconds: 1 });
    const ended = await drain({ skipWaitForDeleteTimeoutSeconds: 1 }, { node: 'lost' });
    expect(world.sim.objects.get('pods', 'default', 'stuck')).toBeDefined();
    expect(ended).toMatchObject({ proof: { skipped: [{ pod: 'default/stuck' }] } });
  });
});

describe('how pods are removed', () => {
  it('the grace period reaches the API', async () => {
    addPod(world.sim, 'p', { owner: replicaSet, stopMs: 50 });
    let seen: unknown;
    const stop = world.sim.objects.onChange('pods', (_, pod) => {
      if ((pod.metadata.deletionGracePeriodSeconds ?? 0) > 0) seen = pod.metadata.deletionGracePeriodSeconds;
    });
    await drain({ gracePeriodSeconds: 10 });
    stop();
    expect(seen).toBe(10);
  });

  it('by DELETE with disableEviction, whatever a budget says', async () => {
    addPod(world.sim, 'p', { owner: replicaSet });
    world.sim.setPdb({ name: 'never', matchLabels: { app: 'p' }, maxUnavailable: 0 });
    expect(await drain({ disableEviction: true })).toMatchObject({ proof: { evicted: ['default/p'] } });
    expect([asked(/POST .*eviction/), asked(/DELETE .*pods\/p$/)]).toEqual([0, 1]);
  });

  it('only what the podSelector selects; the server applies it', async () => {
    addPod(world.sim, 'p', { owner: replicaSet, labels: { app: 'web' } });
    addPod(world.sim, 'naked', { labels: { app: 'other' } });
    expect(await drain({ podSelector: 'app in (web)' })).toMatchObject({ proof: { evicted: ['default/p'] } });
    expect(asked(/GET .*pods.*labelSelector=app/)).toBeGreaterThan(0);
    expect(world.sim.objects.get('pods', 'default', 'naked')).toBeDefined();
  });

  it('all of 612, past the end of a page', async () => {
    for (let nth = 0; nth < 612; nth++) addPod(world.sim, `p${nth}`, { owner: replicaSet, stopMs: 0 });
    expect(((await drain()) as Drained).proof.evicted).toHaveLength(612);
    expect(new Set(evicted()).size).toBe(612);
    expect(evicted()).toHaveLength(612);
  });
});

describe('answers to an eviction', () => {
  it('429 again and again: asked until the budget gives way', async () => {
    addPod(world.sim, 'p', { owner: replicaSet });
    world.sim.setPdb({ name: 'tight', matchLabels: { app: 'p' }, maxUnavailable: 0 });
    const free = setInterval(() => {
      if (asked(/POST .*eviction/) < 3) return;
      clearInterval(free);
      world.sim.removePdb('default', 'tight');
    }, 10);
    expect(await drain()).toMatchObject({ proof: { evicted: ['default/p'] } });
    expect(asked(/POST .*eviction/)).toBeGreaterThanOrEqual(4);
    expect(evicted()).toHaveLength(1);
  });

  it('429 with Retry-After: not before', async () => {
    addPod(world.sim, 'p', { owner: replicaSet });
    world.sim.faults.failRequests(/POST .*eviction/, 429, 1, 1);
    await drain();
    const at = world.sim.requests.filter(({ path }) => path.endsWith('/eviction')).map(request => request.at);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(999);
  });

  it.each([500, 503, 409])('%i without a word on budgets: asked again, evicted once', async status => {
    addPod(world.sim, 'p', { owner: replicaSet });
    world.sim.faults.failRequests(/POST .*eviction/, status, 2);
    expect(await drain()).toMatchObject({ proof: { evicted: ['default/p'] } });
    expect([asked(/POST .*eviction/), evicted().length]).toEqual([3, 1]);
  });

  it('500 because of two budgets: given up at once, and named', async () => {
    addPod(world.sim, 'p', { owner: replicaSet });
    for (const name of ['one', 'two']) world.sim.setPdb({ name, matchLabels: { app: 'p' }, maxUnavailable: 1 });
    expect(await drain()).toMatchObject({ code: 'drain-impossible' });
    expect(asked(/POST .*eviction/)).toBe(1);
  });

  it('403 of an admission webhook: given up at once', async () => {
    addPod(world.sim, 'p', { owner: replicaSet });
    world.sim.faults.failRequests(/POST .*eviction/, 403);
    expect(await drain()).toMatchObject({ code: 'drain-impossible' });
    expect(asked(/POST .*eviction/)).toBe(1);
  });

  it('none, the connection broke after it was done: not evicted again', async () => {
    addPod(world.sim, 'p', { owner: replicaSet });
    world.sim.faults.drop(/POST .*eviction/, 1, 'after');
    expect(await drain()).toMatchObject({ proof: { evicted: ['default/p'] } });
    expect(evicted()).toEqual(['default/p']);
  });
});

describe('cordon', () => {
  it('of a node that is so already, by us, is not written again', async () => {
    await drain();
    const patches = asked(/PATCH .*nodes\/a/);
    await drain();
    expect(asked(/PATCH .*nodes\/a/)).toBe(patches);
  });

  it('of a node that is missing fails', async () => {
    world.sim.objects.delete('nodes', '', 'a');
    expect(await drain()).toMatchObject({ code: 'node-missing' });
  });
});
