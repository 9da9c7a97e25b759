import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cordonNode } from '../../services/workers/common/cordon.ts';
import { releaseNode } from '../../services/workers/common/release.ts';
import { workMarkOf } from '../../shared/domain/facts.ts';
import { findRealCluster, type RealCluster } from '../helpers/real-cluster/find.ts';
import { enter, type TestPlace } from '../helpers/real-cluster/place.ts';

const found = await findRealCluster();
if (typeof found === 'string') console.log(`left out: ${found}`);
const cluster = found as RealCluster;

describe.skipIf(typeof found === 'string')('a cordon', () => {
  const { signal } = new AbortController();
  let place: TestPlace;
  beforeAll(async () => {
    place = await enter(cluster);
  });
  afterAll(async () => {
    await place?.leave();
    await cluster.api.close();
  });

  it('and its mark are written once, and taken away', async () => {
    const { api, fence, node } = place;
    expect(await cordonNode(api, fence, '', signal)).toMatchObject({ cordonedBefore: false });
    const cordoned = await api.getNode(node, signal);
    expect(cordoned?.unschedulable).toBe(true);
    expect(workMarkOf(cordoned?.annotations ?? {})).toMatchObject({ installation: place.namespace });
    await cordonNode(api, fence, '', signal);
    const again = await api.getNode(node, signal);
    expect(again?.annotations).toEqual(cordoned?.annotations);
    expect(await releaseNode(api, fence, signal)).toEqual({ uncordoned: true, finalState: 'schedulable' });
    const after = await api.getNode(node, signal);
    expect(after?.unschedulable).toBe(false);
    expect(workMarkOf(after?.annotations ?? {})).toBeNull();
  });

  it('of an administrator stays', async () => {
    const { api, fence, node } = place;
    await api.updateNode(node, () => ({ unschedulable: true }), signal);
    try {
      expect(await cordonNode(api, fence, '', signal)).toMatchObject({ cordonedBefore: true });
      expect(await releaseNode(api, fence, signal)).toMatchObject({ uncordoned: false });
      expect((await api.getNode(node, signal))?.unschedulable).toBe(true);
    } finally {
      await api.updateNode(node, () => ({ unschedulable: false }), signal);
    }
  });

  it('of another rollout is refused', async () => {
    const { api, fence } = place;
    await cordonNode(api, fence, '', signal);
    const other = { ...fence, rollout: 'other' };
    await expect(cordonNode(api, other, '', signal)).rejects.toMatchObject({ failure: { code: 'node-not-ours' } });
    await releaseNode(api, fence, signal);
  });
});
