import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DaemonSetAnswer, judgePod } from '../../../../shared/domain/drain/filters.ts';
import type { PodView } from '../../../../shared/domain/facts.ts';
import type { DrainPolicy } from '../../../../shared/domain/policy.ts';
import { podView } from '../../../helpers/fake-cluster.ts';
import { POLICY } from '../../../helpers/step-world.ts';

const NOW = 1_000_000;
const strict: DrainPolicy = { ...POLICY.drain, ignoreDaemonSets: false, deleteEmptyDirData: false };
const owner = (kind: string, apiVersion = 'apps/v1') => ({ controller: { kind, apiVersion, name: 'own' } });
const job = owner('Job', 'batch/v1');
const naked = { controller: null };

function verdict(pod: Partial<PodView>, policy: Partial<DrainPolicy> = {}, set: DaemonSetAnswer = 'exists') {
  const facts = { policy: { ...strict, ...policy }, nowMs: NOW, daemonSet: () => set };
  return judgePod(podView('p', 'n', pod), facts);
}

describe('pods that are evicted', () => {
  it.each<[string, Partial<PodView>, Partial<DrainPolicy>, DaemonSetAnswer?]>([
    ['of a ReplicationController', owner('ReplicationController', 'v1'), {}],
    ['of a ReplicaSet', owner('ReplicaSet'), {}],
    ['of a DaemonSet, Succeeded', { ...owner('DaemonSet'), phase: 'Succeeded' }, {}],
    ['of a DaemonSet that is gone, with force', owner('DaemonSet'), { force: true }, 'missing'],
    [
      'of a Job with emptyDir, with deleteEmptyDirData',
      { ...job, emptyDir: true },
      { force: true, deleteEmptyDirData: true },
    ],
    ['of a Job with emptyDir, Succeeded', { ...job, emptyDir: true, phase: 'Succeeded' }, {}],
    ['naked, with force', naked, { force: true }],
    ['naked and Failed, with emptyDir', { ...naked, emptyDir: true, phase: 'Failed' }, {}],
    [
      'with emptyDir, with force and deleteEmptyDirData',
      { ...naked, emptyDir: true },
      { force: true, deleteEmptyDirData: true },
    ],
    ['of a DaemonSet of another group', owner('DaemonSet', 'example.org/v1'), {}],
  ])('%s', (_, pod, policy, set) => {
    expect(verdict(pod, policy, set).kind).toBe('evict');
  });
});

describe('pods that are left alone', () => {
  it.each<[string, Partial<PodView>, Partial<DrainPolicy>]>([
    ['of a DaemonSet, with ignoreDaemonSets', owner('DaemonSet'), { ignoreDaemonSets: true }],
    ['of a DaemonSet with emptyDir', { ...owner('DaemonSet'), emptyDir: true }, { ignoreDaemonSets: true }],
    ['a static pod', { ...naked, mirror: true }, {}],
    ['a static pod with emptyDir', { ...owner('Node', 'v1'), mirror: true, emptyDir: true }, {}],
    ['terminating for too long', { deletionMs: NOW - 100_000 }, { skipWaitForDeleteTimeoutSeconds: 20 }],
  ])('%s', (_, pod, policy) => {
    expect(verdict(pod, policy).kind).toBe('skip');
  });

  it.each([
    [0, 'evict'],
    [1, 'evict'],
    [100, 'skip'],
  ])('terminating for %i s of 20: %s', (age, kind) => {
    const deletionMs = NOW - age * 1000;
    expect(verdict({ deletionMs }, { skipWaitForDeleteTimeoutSeconds: 20 }).kind).toBe(kind);
  });
});

describe('pods that stop the drain', () => {
  it.each<[string, Partial<PodView>, Partial<DrainPolicy>, string, DaemonSetAnswer?]>([
    ['of a DaemonSet', owner('DaemonSet'), {}, 'DaemonSet-managed Pods'],
    ['of a DaemonSet that is gone', owner('DaemonSet'), { ignoreDaemonSets: true }, 'DaemonSet is gone', 'missing'],
    ['of a DaemonSet that cannot be read', owner('DaemonSet'), { force: true }, 'forbidden', { error: 'forbidden' }],
    ['naked', naked, {}, 'Pods that declare no controller'],
    ['with emptyDir, with force only', { ...naked, emptyDir: true }, { force: true }, 'Pods with local storage'],
  ])('%s', (_, pod, policy, reason, set) => {
    const said = verdict(pod, policy, set);
    expect(said.kind).toBe('refuse');
    expect(said.kind === 'refuse' && said.reason).toContain(reason);
  });
});

describe('any pod', () => {
  const pods = fc.record({
    phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed'),
    mirror: fc.boolean(),
    emptyDir: fc.boolean(),
    controller: fc.constantFrom(null, owner('ReplicaSet').controller, owner('DaemonSet').controller, job.controller),
  });
  const policies = fc.record({
    force: fc.boolean(),
    ignoreDaemonSets: fc.boolean(),
    deleteEmptyDirData: fc.boolean(),
  });

  it('is never refused when everything is allowed, and a static pod is never evicted', () => {
    const all = { force: true, ignoreDaemonSets: true, deleteEmptyDirData: true };
    fc.assert(
      fc.property(pods, policies, (pod, policy) => {
        expect(verdict(pod, all).kind).not.toBe('refuse');
        const finishedDaemon = pod.controller?.kind === 'DaemonSet';
        if (pod.mirror && !finishedDaemon) expect(verdict(pod, policy).kind).toBe('skip');
      }),
    );
  });

  it('that is evicted stays so when more is allowed', () => {
    fc.assert(
      fc.property(pods, policies, (pod, policy) => {
        fc.pre(verdict(pod, policy).kind === 'evict');
        expect(verdict(pod, { ...policy, force: true, deleteEmptyDirData: true }).kind).toBe('evict');
      }),
    );
  });
});
