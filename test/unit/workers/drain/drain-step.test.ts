import { beforeEach, describe, expect, it } from 'vitest';
import { confirmDrained } from '../../../../services/workers/common/drain/confirm.ts';
import { giveBackUntouched } from '../../../../services/workers/common/give-back.ts';
import { drainStep } from '../../../../services/workers/steps/drain/step.ts';
import { WORK_ANNOTATION, workMarkOf } from '../../../../shared/domain/facts.ts';
import { failureOf } from '../../../../shared/domain/failure.ts';
import type { NodePolicy } from '../../../../shared/domain/policy.ts';
import { podView } from '../../../helpers/fake-cluster.ts';
import { POLICY, runToEnd, type StepWorld, stepWorld } from '../../../helpers/step-world.ts';

let world: StepWorld;
beforeEach(() => {
  world = stepWorld();
});

const failing = async (run: Promise<unknown>) =>
  failureOf(
    await run.then(
      () => new Error('no error'),
      error => error,
    ),
  );
const drain = (more = {}) => runToEnd(world, drainStep, more);
const withDrain = (change: Partial<NodePolicy['drain']>) => ({
  policy: { ...POLICY, drain: { ...POLICY.drain, ...change } },
});
const node = () => world.cluster.nodes.get('a');
const mark = (rollout: string, epoch = 1, cordonedBefore = false) =>
  JSON.stringify({ installation: 'here', rollout, round: 1, epoch, cordonedBefore });

describe('before anything is touched', () => {
  it('a host with another boot id is the wrong machine', async () => {
    world.host.bootId = 'boot-of-another';
    expect(await failing(drain())).toMatchObject({ code: 'wrong-machine', retryable: false });
    expect(world.cluster.acts).toEqual([]);
    expect(world.host.calls).toEqual(['facts']);
  });

  it('a Node of another rollout is not ours', async () => {
    world.cluster.change('a', { annotations: { [WORK_ANNOTATION]: mark('other') } });
    expect(await failing(drain())).toMatchObject({ code: 'node-not-ours' });
    expect(world.host.calls).toEqual(['facts']);
  });

  it('a Node with a mark nobody can read is not ours', async () => {
    world.cluster.change('a', { annotations: { [WORK_ANNOTATION]: '{' } });
    expect(await failing(drain())).toMatchObject({ code: 'node-not-ours' });
  });

  it('a Node that a later worker has is left to it', async () => {
    world.cluster.change('a', { annotations: { [WORK_ANNOTATION]: mark('r1', 9) } });
    expect(await failing(drain())).toMatchObject({ code: 'superseded' });
  });

  it('a Node with another UID is not the planned one', async () => {
    world.cluster.change('a', { uid: 'another' });
    expect(await failing(drain())).toMatchObject({ code: 'node-replaced' });
  });

  it('the host is owned before the cordon', async () => {
    world.host.owner = { installation: 'there', rollout: 'other', node: 'a', round: 1, epoch: 1 };
    expect(await failing(drain())).toMatchObject({ code: 'host-not-owned' });
    expect(world.cluster.acts).toEqual([]);
  });

  it('a guard that refuses stops it', async () => {
    const guard = () => Promise.reject(new Error('no longer ours'));
    await expect(drain({ guard })).rejects.toThrow('no longer ours');
    expect(world.cluster.acts).toEqual([]);
  });
});

describe('whether to drain at all', () => {
  it('if-work: nothing to do, nothing cordoned', async () => {
    const { done } = await drain(withDrain({ when: 'if-work' }));
    const os = { id: 'debian', versionId: '12' };
    expect(done.proof).toMatchObject({ drained: false, cordonedByUs: false, confirmedAtMs: null, os });
    expect(world.cluster.acts).toEqual([]);
  });

  it('if-work: a reboot is due', async () => {
    const policy = {
      ...POLICY,
      drain: { ...POLICY.drain, when: 'if-work' },
      reboot: { ...POLICY.reboot, when: 'always' },
    };
    expect((await drain({ policy })).done.proof.drained).toBe(true);
  });

  it.each([
    ['packages are pending', 'apt 1', true],
    ['nothing is pending', '', false],
    ['it cannot be told', null, true],
  ])('if-work: %s', async (_, pending, drained) => {
    const manager = {
      kind: 'apt',
      fits: () => true,
      pendingScript: () => (pending === null ? null : { text: 'pending', args: [] }),
      parsePending: (text: string) => ({
        changes: text
          .split('\n')
          .filter(Boolean)
          .map(name => ({ name, before: '1', after: '2' })),
        left: [],
        problems: [],
      }),
    };
    world.host.answer = ({ text }) => ({
      exitCode: 0,
      stdout: text === 'pending' ? (pending ?? '') : 'end\n',
      stderr: '',
    });
    const { drain: drainPolicy, upgrade } = POLICY;
    const policy = { ...POLICY, drain: { ...drainPolicy, when: 'if-work' }, upgrade: { ...upgrade, manager: 'auto' } };
    expect((await drain({ policy, managers: [manager] })).done.proof.drained).toBe(drained);
  });

  it('if-work: a drain that was begun is finished', async () => {
    world.cluster.change('a', { unschedulable: true, annotations: { [WORK_ANNOTATION]: mark('r1') } });
    expect((await drain(withDrain({ when: 'if-work' }))).done.proof).toMatchObject({
      drained: true,
      cordonedByUs: true,
    });
  });

  it('if-reboot: left to the reboot step', async () => {
    expect((await drain(withDrain({ when: 'if-reboot' }))).done.proof).toMatchObject({ drained: false });
    expect(world.cluster.acts).toEqual([]);
  });

  it('no Kubernetes: only the host is taken', async () => {
    expect((await drain({ cluster: null })).done.proof).toMatchObject({ drained: false });
    expect(world.host.owner?.rollout).toBe('r1');
  });
});

describe('the cordon', () => {
  it('is written together with the mark', async () => {
    const { done } = await drain();
    expect(world.cluster.acts).toEqual(['patch a']);
    expect(node()?.unschedulable).toBe(true);
    expect(workMarkOf(node()?.annotations ?? {})).toMatchObject({ rollout: 'r1', cordonedBefore: false });
    const os = { id: 'debian', versionId: '12' };
    expect(done.proof).toMatchObject({ cordonedByUs: true, cordonedBefore: false, drained: true, os });
  });

  it('of an administrator is remembered', async () => {
    world.cluster.change('a', { unschedulable: true });
    const { done } = await drain();
    expect(done.proof).toMatchObject({ cordonedByUs: false, cordonedBefore: true });
    expect(workMarkOf(node()?.annotations ?? {})).toMatchObject({ cordonedBefore: true });
  });

  it('that cannot be written stops the drain', async () => {
    world.cluster.add(podView('web-1', 'a'));
    world.cluster.updateNode = () => Promise.reject(new Error('refused'));
    await expect(drain()).rejects.toThrow('refused');
    expect(world.cluster.acts).toEqual([]);
  });

  it('lost during the drain ends it', async () => {
    world.cluster.add(podView('web-1', 'a'));
    world.cluster.onEvict = () => {
      world.cluster.change('a', { unschedulable: false });
      return { kind: 'refused', message: 'no', budgets: ['web'], retryAfterMs: null };
    };
    expect(await failing(drain())).toMatchObject({ code: 'drain-cordon-lost' });
  });
});

describe('the evictions', () => {
  it('an empty node is drained at once', async () => {
    expect((await drain()).done.proof).toMatchObject({ evicted: [], skipped: [] });
  });

  it('names every obstacle at once and evicts nothing', async () => {
    world.cluster.add(
      podView('web-1', 'a'),
      podView('bare-1', 'a', { controller: null }),
      podView('bare-2', 'a', { controller: null }),
      podView('disk', 'a', { emptyDir: true }),
    );
    const failure = await failing(drain(withDrain({ deleteEmptyDirData: false })));
    expect(failure).toMatchObject({ code: 'drain-obstacles', retryable: false });
    for (const pod of ['shop/bare-1', 'shop/bare-2', 'shop/disk']) expect(failure.seen).toContain(pod);
    expect(failure.seen).not.toContain('web-1');
    expect(world.cluster.acts).toEqual(['patch a']);
  });

  it('go on in parallel, but not without bound', async () => {
    world.cluster.add(...Array.from({ length: 100 }, (_, index) => podView(`web-${index}`, 'a')));
    const { done } = await drain();
    expect(done.proof.evicted).toHaveLength(100);
    expect(world.cluster.mostAtOnce).toBeGreaterThan(10);
    expect(world.cluster.mostAtOnce).toBeLessThanOrEqual(32);
  });

  it('refused by a budget are asked again until it gives way', async () => {
    world.cluster.add(podView('web-1', 'a'));
    world.cluster.onEvict = (_, nth) =>
      nth < 5 ? { kind: 'refused', message: 'no', budgets: ['web'], retryAfterMs: null } : null;
    expect((await drain()).done.proof.evicted).toEqual(['shop/web-1']);
    expect(world.cluster.acts.filter(act => act.startsWith('evict'))).toHaveLength(5);
  });

  it('wait as long as Retry-After says', async () => {
    world.cluster.add(podView('web-1', 'a'));
    const times: number[] = [];
    world.cluster.onEvict = (_, nth) => {
      times.push(world.clock.now());
      return nth === 1 ? { kind: 'refused', message: 'no', budgets: [], retryAfterMs: 10_000 } : null;
    };
    await drain();
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(10_000);
  });

  it('survive passing trouble and a namespace that is being deleted', async () => {
    world.cluster.add(podView('web-1', 'a'), podView('old-1', 'a'));
    world.cluster.onEvict = (pod, nth) => {
      if (nth > 1) return null;
      return pod.name === 'web-1'
        ? { kind: 'trouble', message: 'reset', retryAfterMs: null }
        : { kind: 'namespace-terminating', message: 'namespace goes' };
    };
    expect((await drain()).done.proof.evicted).toHaveLength(2);
  });

  it('a pod that came back under its name elsewhere is done, and not asked for again', async () => {
    const pod = podView('db-0', 'a');
    world.cluster.add(pod);
    world.cluster.onEvict = () => {
      world.cluster.remove(pod);
      world.cluster.add(podView('db-0', 'b', { uid: 'second' }));
      return { kind: 'trouble', message: 'the answer was lost', retryAfterMs: null };
    };
    await drain();
    expect(world.cluster.acts).toEqual(['patch a', 'evict shop/db-0']);
  });

  it('a pod that tolerates the cordon and came back is left, as kubectl leaves it', async () => {
    const pod = podView('op-1', 'a', { toleratesCordon: true });
    world.cluster.add(pod);
    world.cluster.onGone = () => world.cluster.add(podView('op-2', 'a', { toleratesCordon: true }));
    const { done } = await drain();
    expect(done.proof.evicted).toEqual(['shop/op-1']);
    expect(done.proof.skipped).toMatchObject([{ pod: 'shop/op-2' }]);
    expect(await confirmDrained({ ...world.context(), cluster: world.cluster, policy: POLICY.drain })).toMatchObject({
      held: true,
    });
  });

  it('a pod that slipped in just before the cordon is evicted too', async () => {
    world.cluster.add(podView('web-1', 'a'));
    world.cluster.onGone = pod => {
      if (pod.name === 'web-1') world.cluster.add(podView('web-2', 'a'));
    };
    expect((await drain()).done.proof.evicted).toEqual(['shop/web-1', 'shop/web-2']);
  });

  it('one that is impossible ends the drain; every pod had its answer', async () => {
    world.cluster.add(podView('web-1', 'a'), podView('web-2', 'a'));
    world.cluster.stopMs = Number.POSITIVE_INFINITY;
    const startMs = world.clock.now();
    world.cluster.onEvict = pod => (pod.name === 'web-1' ? { kind: 'impossible', message: 'two budgets' } : null);
    const failure = await failing(drain());
    expect(failure).toMatchObject({ code: 'drain-impossible', retryable: false });
    expect(failure.seen).toContain('shop/web-1 (ReplicaSet web): two budgets');
    // Not only at the end of the visit.
    expect(world.clock.now() - startMs).toBeLessThan(5_000);
  });

  it('a pod that terminates for too long is not waited for', async () => {
    world.cluster.add(podView('web-1', 'a'));
    world.cluster.stopMs = Number.POSITIVE_INFINITY;
    const { done } = await drain(withDrain({ skipWaitForDeleteTimeoutSeconds: 10 }));
    expect(done.proof.skipped).toMatchObject([{ pod: 'shop/web-1' }]);
  });

  it('are guarded one by one', async () => {
    world.cluster.add(podView('web-1', 'a'));
    world.cluster.onEvict = () => ({ kind: 'refused', message: 'no', budgets: [], retryAfterMs: null });
    const evictions = () => world.cluster.acts.filter(act => act.startsWith('evict')).length;
    const guard = () => (evictions() < 3 ? Promise.resolve() : Promise.reject(new Error('a person says stop')));
    await expect(drain({ guard })).rejects.toThrow('a person says stop');
    expect(evictions()).toBe(3);
  });

  it('with disableEviction pods are deleted', async () => {
    world.cluster.add(podView('web-1', 'a'));
    await drain(withDrain({ disableEviction: true }));
    expect(world.cluster.acts).toContain('delete shop/web-1');
  });
});

describe('confirmDrained', () => {
  const confirm = () => confirmDrained({ ...world.context(), cluster: world.cluster, policy: POLICY.drain });

  it('holds after a drain, not any more after an uncordon or with a pod', async () => {
    await drain();
    expect(await confirm()).toMatchObject({ held: true });
    world.cluster.add(podView('web-9', 'a'));
    expect((await confirm()).why).toEqual(['shop/web-9 is on the node']);
    world.cluster.change('a', { unschedulable: false });
    expect((await confirm()).why).toHaveLength(2);
  });
});

describe('giving up', () => {
  it('takes our cordon away and frees the host', async () => {
    await drain();
    expect(await drainStep.giveUp(world.context() as never)).toContain('uncordoned again: schedulable');
    expect(node()).toMatchObject({ unschedulable: false, annotations: {} });
    expect(world.host.owner).toBeNull();
  });

  it('leaves the cordon of an administrator', async () => {
    world.cluster.change('a', { unschedulable: true });
    await drain();
    expect(await drainStep.giveUp(world.context() as never)).toContain('cordoned by others');
    expect(node()).toMatchObject({ unschedulable: true, annotations: {} });
  });

  it('after a wrong machine touches neither', async () => {
    world.host.bootId = 'boot-of-another';
    await failing(drain());
    expect(await drainStep.giveUp(world.context() as never)).toContain('the host was not touched');
    expect(world.host.calls).toEqual(['facts']);
    expect(world.cluster.acts).toEqual([]);
  });

  it('on a node that carried our mark before the round began: what was done before is not known', async () => {
    world.cluster.change('a', { unschedulable: true, annotations: { [WORK_ANNOTATION]: mark('r1') } });
    world.cluster.add(podView('bare', 'a', { controller: null }));
    expect(await failing(drain())).toMatchObject({ code: 'drain-obstacles' });
    const said = await drainStep.giveUp(world.context() as never);
    expect(said).toContain('what was done on the host before is not known');
    expect(node()?.unschedulable).toBe(true);
    world.cluster.pods.clear();
    const { done } = await drain();
    expect(done.proof.adopted).toBe(true);
    const proofs = { drain: done.proof };
    expect(await giveBackUntouched(world.context({ proofs }))).not.toContain('nothing on the host');
  });

  it('with policy hold, or after an upgrade began, keeps it', async () => {
    await drain();
    const hold = world.context({ policy: { ...POLICY, onInterrupted: 'hold' } });
    expect(await drainStep.giveUp(hold as never)).toContain('a is cordoned, Ready, still carrying the mark');
    expect(node()?.unschedulable).toBe(true);
  });

  it('never throws: says what could not be undone', async () => {
    await drain();
    world.cluster.trouble = new Error('away');
    world.host.trouble = new Error('off');
    const said = await drainStep.giveUp(world.context() as never);
    expect(said).toContain('could not be given back (away)');
    expect(said).toContain('still held by us (off)');
  });
});
