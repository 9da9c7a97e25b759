import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkCluster } from '../../services/cli/doctor/cluster.ts';
import { releaseNode } from '../../services/workers/common/release.ts';
import type { RightsPolicy } from '../../shared/domain/permissions.ts';
import type { ClusterApi } from '../../shared/ports/cluster.ts';
import { drainToEnd } from '../helpers/drain-to-end.ts';
import { tinyPolicy } from '../helpers/plan.ts';
import { findRealCluster, type RealCluster } from '../helpers/real-cluster/find.ts';
import { guarded } from '../helpers/real-cluster/guard.ts';
import { type LimitedUser, limitedUser } from '../helpers/real-cluster/limited.ts';
import { enter, type TestPlace } from '../helpers/real-cluster/place.ts';

const found = await findRealCluster();
if (typeof found === 'string') console.log(`left out: ${found}`);
const cluster = found as RealCluster;

describe.skipIf(typeof found === 'string')('a user with the rights of deploy/kubernetes/rbac.yaml', () => {
  let place: TestPlace;
  let user: LimitedUser | string = '';
  let api: ClusterApi;
  let policy: RightsPolicy;
  beforeAll(async () => {
    place = await enter(cluster);
    user = await limitedUser(cluster, place.namespace);
    if (typeof user === 'string') {
      console.log(`left out: ${user}`);
      return;
    }
    policy = user.policy;
    api = guarded(user.api, place.node, place.namespace);
    await place.deploy('web', 2);
    await place.podsOnNode(pods => pods.filter(pod => pod.ready).length === 2);
  });
  beforeEach(({ skip }) => skip(typeof user === 'string', 'there is no user with these rights'));
  afterAll(async () => {
    if (typeof user !== 'string') await user.remove();
    await place?.leave();
    await cluster.api.close();
  });

  it('has all that doctor asks for', async () => {
    const { findings } = await checkCluster(api, policy, AbortSignal.timeout(60_000));
    expect(findings.find(({ check }) => check === 'permissions')).toMatchObject({ verdict: 'ok' });
  });

  it('takes, renews and gives back a Lease', async () => {
    const signal = AbortSignal.timeout(60_000);
    const { leaseNamespace } = policy;
    const wish = { holder: 'test', durationSeconds: 1, expected: null };
    const taken = await api.putLease(leaseNamespace, place.namespace, wish, signal);
    const expected = taken?.resourceVersion ?? '';
    expect(
      await api.putLease(leaseNamespace, place.namespace, { ...wish, holder: null, expected }, signal),
    ).not.toBeNull();
    await place.removeLease(leaseNamespace, place.namespace);
  });

  it('drains a node, tells of it and gives it back', async () => {
    const signal = AbortSignal.timeout(120_000);
    const options = { ...tinyPolicy().drain, podSelector: place.selector, volumeDetachTimeoutMs: 1_000 };
    const { uid } = (await api.getNode(place.node, signal)) ?? { uid: '' };
    const said = { reason: 'NodetideTest', message: 'a test of permissions' } as const;
    await api.postEvent({ node: place.node, uid, type: 'Normal', by: place.namespace, ...said }, signal);
    const proof = await drainToEnd({ cluster: api, fence: place.fence, policy: options, timeoutMs: 90_000 });
    expect(proof.evicted).toHaveLength(2);
    expect(await releaseNode(api, place.fence, signal)).toMatchObject({ finalState: 'schedulable' });
  });

  it('may do no more', async () => {
    const signal = AbortSignal.timeout(60_000);
    const [pod] = await place.podsOnNode(pods => pods.length > 0);
    if (!pod) throw new Error('no pod');
    expect(await api.deletePod(pod, { gracePeriodSeconds: -1 }, signal)).toMatchObject({ kind: 'impossible' });
    expect(await api.canI({ verb: 'list', group: '', resource: 'secrets' }, signal)).toBe(false);
    expect(await api.canI({ verb: 'delete', group: '', resource: 'nodes' }, signal)).toBe(false);
  });
});
