import { beforeEach, describe, expect, it } from 'vitest';
import { drainStep } from '../../../../services/workers/steps/drain/step.ts';
import { failureOf } from '../../../../shared/domain/failure.ts';
import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import { podView } from '../../../helpers/fake-cluster.ts';
import { POLICY, runToEnd, type StepWorld, stepWorld } from '../../../helpers/step-world.ts';

let world: StepWorld;
beforeEach(() => {
  world = stepWorld();
  world.cluster.daemonSets.add('shop/agent');
  world.cluster.volumes = ['pv-agent'];
  world.cluster.claims.set('shop/cache', 'pv-agent');
});

const agent = (more = {}) =>
  podView('agent', 'a', {
    controller: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent' },
    claims: ['cache'],
    ...more,
  });
const drain = (policy = POLICY) => runToEnd(world, drainStep, { policy });
const failing = async () => failureOf(await drain().catch((error: unknown) => error));

describe('volumes that stay attached', () => {
  it('because a pod that stays uses them are not waited for', async () => {
    world.cluster.add(agent());
    expect((await drain()).reasons).toEqual([]);
  });

  it('because a podSelector leaves its pod alone are not waited for', async () => {
    world.cluster.add(podView('other', 'a', { claims: ['cache'], labels: { app: 'other' } }));
    const { done } = await drain({ ...POLICY, drain: { ...POLICY.drain, podSelector: 'app=web' } });
    expect(done.proof.evicted).toEqual([]);
  });

  it('beside those of pods that stay are waited for', async () => {
    world.cluster.add(agent());
    world.cluster.volumes = ['pv-agent', 'pv-web'];
    const failure = await failing();
    expect(failure).toMatchObject({ code: 'drain-volumes-attached', seen: 'pv-web' });
  });

  it('though the pod that used them has ended are waited for', async () => {
    world.cluster.add(podView('job', 'a', { mirror: true, phase: 'Succeeded', claims: ['cache'] }));
    expect(await failing()).toMatchObject({ code: 'drain-volumes-attached' });
  });

  it('of a claim that cannot be read are waited for, and the failure says so', async () => {
    world.cluster.add(agent());
    world.cluster.volumeOfClaim = () => Promise.reject(fail('cluster-forbidden', { message: 'we may not' }));
    const failure = await failing();
    expect(failure.code).toBe('drain-volumes-attached');
    expect(failure.seen).toContain('claim shop/cache cannot be read: we may not');
  });
});
