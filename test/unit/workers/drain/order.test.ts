import { beforeEach, describe, expect, it } from 'vitest';
import { drainStep } from '../../../../services/workers/steps/drain/step.ts';
import { groupText, nextGroup } from '../../../../shared/domain/drain/order.ts';
import type { DrainGroup } from '../../../../shared/domain/policy.ts';
import { podView } from '../../../helpers/fake-cluster.ts';
import { POLICY, runToEnd, type StepWorld, stepWorld } from '../../../helpers/step-world.ts';

const ingress: DrainGroup = { kind: 'selector', selector: 'app=ingress' };
const storage: DrainGroup = { kind: 'namespaces', names: ['storage'] };
const critical: DrainGroup = { kind: 'priorityClasses', names: ['critical'] };
const rest: DrainGroup = { kind: 'rest' };

const web = podView('web', 'a');
const door = podView('door', 'a', { labels: { app: 'ingress' } });
const disk = podView('disk', 'a', { namespace: 'storage' });
const dns = podView('dns', 'a', { priorityClass: 'critical' });
const both = podView('both', 'a', { namespace: 'storage', labels: { app: 'ingress' } });

describe('the order of a drain', () => {
  const all = (order: readonly DrainGroup[]) => {
    const groups: string[] = [];
    let left = [web, door, disk, dns, both] as ReturnType<typeof podView>[];
    while (left.length > 0) {
      const next = nextGroup(left, order);
      groups.push(next.map(pod => pod.name).join(' '));
      left = left.filter(pod => !next.includes(pod));
    }
    return groups;
  };

  it.each([
    ['none: all at once', [], ['web door disk dns both']],
    ['pods of no group go first', [ingress, storage], ['web dns', 'door both', 'disk']],
    ['the first group that fits counts', [storage, ingress], ['web dns', 'disk both', 'door']],
    ['or where the rest is placed', [critical, rest, ingress], ['dns', 'web disk', 'door both']],
    ['a group without pods takes no time', [critical, storage, ingress, rest], ['dns', 'disk both', 'door', 'web']],
  ] as const)('%s', (_, order, expected) => {
    expect(all(order)).toEqual(expected);
  });

  it('can be said in words', () => {
    expect([ingress, storage, critical, rest].map(groupText)).toEqual([
      'pods with app=ingress',
      'pods of namespace storage',
      'pods of priority class critical',
      'all other pods',
    ]);
  });
});

describe('a drain in groups', () => {
  let world: StepWorld;
  beforeEach(() => {
    world = stepWorld();
  });
  const policy = { ...POLICY, drain: { ...POLICY.drain, order: [ingress, storage] } };

  it('begins a group when the one before is gone', async () => {
    world.cluster.add(disk, door, web, dns);
    const gone: string[] = [];
    world.cluster.onGone = pod => gone.push(pod.name);
    const seen: Record<string, string[]> = {};
    world.cluster.onEvict = pod => {
      seen[pod.name] = [...gone].sort();
      return null;
    };
    const { done } = await runToEnd(world, drainStep, { policy });
    expect(seen).toEqual({ dns: [], web: [], door: ['dns', 'web'], disk: ['dns', 'door', 'web'] });
    expect(done.proof.evicted).toHaveLength(4);
  });

  it('is decided anew by a later visit: a pod of an earlier group that came meanwhile goes first', async () => {
    world.cluster.add(disk, web);
    const order: string[] = [];
    const refuse = { kind: 'refused', message: 'no', budgets: ['disk'], retryAfterMs: null } as const;
    const lateAtMs = world.clock.now() + 30_000;
    world.cluster.onEvict = pod => {
      if (pod.name === 'disk' && world.clock.now() < lateAtMs + 10_000) return refuse;
      order.push(pod.name);
      return null;
    };
    void world.clock.sleep(30_000).then(() => world.cluster.add(podView('late', 'a')));
    const { reasons } = await runToEnd(world, drainStep, { policy });
    expect(reasons.length).toBeGreaterThan(1);
    expect(order).toEqual(['web', 'late', 'disk']);
  });
});
