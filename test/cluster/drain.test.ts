import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeNode } from '../../services/workers/common/drain/judge.ts';
import { releaseNode } from '../../services/workers/common/release.ts';
import type { PodView } from '../../shared/domain/facts.ts';
import { failureOf } from '../../shared/domain/failure.ts';
import { drainToEnd } from '../helpers/drain-to-end.ts';
import { tinyPolicy } from '../helpers/plan.ts';
import { findRealCluster, type RealCluster } from '../helpers/real-cluster/find.ts';
import { enter, type TestPlace } from '../helpers/real-cluster/place.ts';

const found = await findRealCluster();
if (typeof found === 'string') console.log(`left out: ${found}`);
const cluster = found as RealCluster;

const REPLICAS = 3;
const kindOf = (pod: PodView): string => pod.controller?.kind ?? 'none';
const ready = (pods: readonly PodView[], kind: string): number =>
  pods.filter(pod => pod.ready && kindOf(pod) === kind).length;

describe.skipIf(typeof found === 'string')('a drain', () => {
  const { signal } = new AbortController();
  let place: TestPlace;
  let before: readonly PodView[] = [];
  beforeAll(async () => {
    place = await enter(cluster);
    await place.deploy('web', REPLICAS);
    await place.daemonSet('agent');
    await place.pod('bare');
    before = await place.podsOnNode(
      pods => ready(pods, 'ReplicaSet') === REPLICAS && ready(pods, 'DaemonSet') === 1 && ready(pods, 'none') === 1,
    );
  });
  afterAll(async () => {
    await place?.leave();
    await cluster.api.close();
  });

  const policy = (more = {}) => ({ ...tinyPolicy().drain, podSelector: place.selector, ...more });
  const drain = (timeoutMs: number, more = {}) =>
    drainToEnd({ cluster: place.api, fence: place.fence, policy: policy(more), timeoutMs });
  const uids = (pods: readonly PodView[]) => pods.map(pod => pod.uid).toSorted();

  it('judges every pod', async () => {
    const judged = await judgeNode(place.api, place.node, policy(), Date.now(), signal);
    expect(judged.evict.map(kindOf)).toEqual(['ReplicaSet', 'ReplicaSet', 'ReplicaSet']);
    expect(judged.skipped.map(({ reason }) => reason)).toEqual(['DaemonSet-managed']);
    expect(judged.refused.map(({ pod }) => pod)).toEqual([`${place.namespace}/bare`]);
  });

  it('evicts nothing where a pod stands in the way', async () => {
    const failure = await drain(30_000).catch((error: unknown) => failureOf(error));
    expect(failure).toMatchObject({ code: 'drain-obstacles', seen: expect.stringContaining('/bare') as string });
    expect(uids(await place.podsOnNode(() => true))).toEqual(uids(before));
  });

  it('ends at its deadline where a budget refuses, and says which', async () => {
    await place.budget('never', { app: 'web' }, 0);
    const failure = await drain(8_000, { force: true }).catch((error: unknown) => failureOf(error));
    expect(failure).toMatchObject({ code: 'drain-timeout', seen: expect.stringContaining('never') as string });
    await place.removeBudget('never');
    const left = await place.podsOnNode(() => true);
    expect(uids(left.filter(pod => kindOf(pod) === 'ReplicaSet'))).toEqual(
      uids(before.filter(pod => kindOf(pod) === 'ReplicaSet')),
    );
  });

  it('empties the node of all but the pods of DaemonSets, and the node is given back', async () => {
    const proof = await drain(120_000, { force: true });
    expect(proof).toMatchObject({ cordonedByUs: true, cordonedBefore: false });
    const left = await place.podsOnNode(() => true);
    expect(left.map(kindOf)).toEqual(['DaemonSet']);
    expect(uids(left)).toEqual(uids(before.filter(pod => kindOf(pod) === 'DaemonSet')));
    expect(await releaseNode(place.api, place.fence, signal)).toMatchObject({ finalState: 'schedulable' });
    await place.podsOnNode(pods => ready(pods, 'ReplicaSet') === REPLICAS);
  });
});
