import { beforeEach, describe, expect, it } from 'vitest';
import {
  giveNodeLease,
  isLive,
  keepNodeLease,
  type NodeLease,
  nodeLeaseOf,
  takeNodeLease,
} from '../../../services/common/node-lease.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeCluster } from '../../helpers/fake-cluster.ts';

const signal = new AbortController().signal;
const POLICY = { nodeLease: { namespace: 'medik8s-leases', prefix: 'node-' } };
const NODE = { name: 'a', uid: 'uid-a' };
let clock: FakeClock;
let cluster: FakeCluster;

function leaseOf(installation: string, rollout: string): NodeLease {
  return nodeLeaseOf(cluster, POLICY, NODE, { installation, rollout }) as NodeLease;
}

const take = (lease: NodeLease, seconds = 60) => takeNodeLease(lease, seconds, clock.now(), signal);
const seen = () => cluster.leases.get('medik8s-leases/node-a') ?? null;

beforeEach(() => {
  clock = new FakeClock();
  cluster = new FakeCluster(clock);
});

describe('the Lease of a node', () => {
  it('has the name other tools look for, or there is none', () => {
    expect(leaseOf('i', 'r')).toMatchObject({ namespace: 'medik8s-leases', name: 'node-a', holder: 'nodetide/i/r' });
    expect(nodeLeaseOf(cluster, { nodeLease: null }, NODE, { installation: 'i', rollout: 'r' })).toBeNull();
  });

  it('keeps others away until it is given back, or has expired', async () => {
    const [ours, theirs] = [leaseOf('here', 'r1'), leaseOf('there', 'r2')];
    expect(await take(ours)).toBeNull();
    expect(await take(theirs)).toBe("the node's Lease medik8s-leases/node-a is held by nodetide/here/r1");
    await clock.sleep(60_000);
    expect(await take(theirs)).toBeNull();
    expect(await take(ours)).toContain('held by nodetide/there/r2');
    await giveNodeLease(ours, signal);
    expect(isLive(seen(), clock.now())).toBe(true);
    await giveNodeLease(theirs, signal);
    expect(isLive(seen(), clock.now())).toBe(false);
    expect(await take(ours)).toBeNull();
  });

  it('that was given back is over also for tools that read no holder as somebody', async () => {
    await take(leaseOf('here', 'r1'));
    await giveNodeLease(leaseOf('here', 'r1'), signal);
    expect(seen()).toMatchObject({ holder: null, durationSeconds: 1 });
  });

  it('tells since when it is held, through all renewals', async () => {
    const ours = leaseOf('here', 'r1');
    await take(ours);
    const since = clock.now();
    await clock.sleep(30_000);
    await take(ours);
    expect(seen()).toMatchObject({ acquiredAtMs: since, renewedAtMs: since + 30_000 });
  });

  it('is renewed after a third of its time, and only by its holder', async () => {
    const ours = leaseOf('here', 'r1');
    expect(await keepNodeLease(ours, clock.now(), signal)).toBe(60_000);
    expect(seen()).toBeNull();
    await take(ours, 90);
    expect(await keepNodeLease(ours, clock.now(), signal)).toBe(30_000);
    expect(seen()?.resourceVersion).toBe('1');
    await clock.sleep(30_000);
    expect(await keepNodeLease(ours, clock.now(), signal)).toBe(30_000);
    expect(seen()).toMatchObject({ resourceVersion: '2', durationSeconds: 90, renewedAtMs: clock.now() });
    await clock.sleep(80_000);
    await keepNodeLease(leaseOf('there', 'r2'), clock.now(), signal);
    expect(seen()?.resourceVersion).toBe('2');
  });

  it('is given back also when the scheduler renews it in the same moment', async () => {
    const ours = leaseOf('here', 'r1');
    await take(ours);
    const get = cluster.getLease.bind(cluster);
    let renewals = 2;
    cluster.getLease = async (namespace, name) => {
      const answer = await get(namespace, name);
      if (renewals-- > 0) await cluster.putLease(namespace, name, { ...wish, expected: answer?.resourceVersion ?? '' });
      return answer;
    };
    const wish = { holder: ours.holder, durationSeconds: 60 };
    await giveNodeLease(ours, signal);
    expect(seen()?.holder).toBeNull();
  });

  it('that somebody else takes in the same moment is theirs', async () => {
    const get = cluster.getLease.bind(cluster);
    let first = true;
    cluster.getLease = async (namespace, name) => {
      const answer = await get(namespace, name);
      if (first) {
        first = false;
        await take(leaseOf('there', 'r2'));
      }
      return answer;
    };
    expect(await take(leaseOf('here', 'r1'))).toContain('held by nodetide/there/r2');
  });
});
