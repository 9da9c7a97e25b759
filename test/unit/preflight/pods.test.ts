import { describe, expect, it } from 'vitest';
import type { PodView } from '../../../shared/domain/facts.ts';
import type { DrainPolicy } from '../../../shared/domain/policy.ts';
import { podView } from '../../helpers/fake-cluster.ts';
import { tinyPolicy, upgradePolicy } from '../../helpers/plan.ts';
import { findingsOf, roomy, shortly } from '../../helpers/preflight.ts';

const owner = (kind: string) => ({ controller: { apiVersion: 'apps/v1', kind, name: 'own' } });
const naked = { controller: null };

function found(pod: Partial<PodView>, drain: Partial<DrainPolicy> = {}, sets: readonly string[] | null = null) {
  const nodes = [roomy('a'), roomy('b')];
  const daemonSets = sets === null ? null : new Set(sets);
  return findingsOf({ nodes, waves: [{ nodes: ['a'] }], pods: [podView('p', 'a', pod)], drain, daemonSets });
}

describe('a pod', () => {
  it.each<[string, Partial<PodView>, Partial<DrainPolicy>, string[], (readonly string[] | null)?]>([
    ['of a ReplicaSet', {}, {}, []],
    ['without a controller', naked, {}, ['block podWithoutController']],
    ['without a controller, with force', naked, { force: true }, ['warn podLost']],
    ['without a controller, finished', { ...naked, phase: 'Succeeded' }, {}, []],
    ['with an emptyDir', { emptyDir: true }, {}, ['warn emptyDirLost']],
    [
      'with an emptyDir that must not be deleted',
      { emptyDir: true },
      { deleteEmptyDirData: false },
      ['block localStorage'],
    ],
    [
      'with an emptyDir and no controller, with force',
      { ...naked, emptyDir: true },
      { force: true },
      ['warn podLost', 'warn emptyDirLost'],
    ],
    ['of a DaemonSet', owner('DaemonSet'), {}, []],
    ['of a DaemonSet that is not ignored', owner('DaemonSet'), { ignoreDaemonSets: false }, ['block daemonSetPod']],
    ['of a DaemonSet that is gone', owner('DaemonSet'), {}, ['block daemonSetGone'], []],
    ['of a DaemonSet that is there', owner('DaemonSet'), {}, [], ['shop/own']],
    ['of a DaemonSet that is gone, with force', owner('DaemonSet'), { force: true }, ['warn podLost'], []],
    ['of the kubelet', { ...naked, mirror: true, emptyDir: true }, { deleteEmptyDirData: false }, []],
    ['that the selector does not mean', { ...naked, labels: { app: 'x' } }, { podSelector: 'app!=x' }, []],
    ['that terminates for too long', { ...naked, deletionMs: -60_000 }, { skipWaitForDeleteTimeoutSeconds: 30 }, []],
  ])('%s', (_, pod, drain, expected, sets = null) => {
    const findings = found(pod, drain, sets);
    expect(findings.map(({ level, code }) => `${level} ${code}`)).toEqual(expected);
    for (const finding of findings) expect([finding.nodes, finding.pods]).toEqual([['a'], ['shop/p']]);
  });
});

describe('pods of a wave', () => {
  it('with the same trouble are one finding, others and other waves are not in it', () => {
    const nodes = ['a', 'b', 'c'].map(name => roomy(name));
    const pods = ['a', 'a', 'b', 'c'].map((node, at) => podView(`p-${at}`, node, naked));
    const findings = findingsOf({
      nodes,
      pods: [...pods, podView('well', 'a')],
      waves: [{ nodes: ['b', 'a'] }, { nodes: ['c'] }],
    });
    expect(shortly(findings)).toEqual(['podWithoutController b,a: p-0,p-1,p-2', 'podWithoutController c: p-3']);
    expect(findings.map(({ wave }) => wave)).toEqual([0, 1]);
  });
});

describe('nodes that are never drained', () => {
  const nodes = [roomy('a', { unschedulable: true }), roomy('b')];
  const pods = [podView('p', 'a', naked), podView('q', 'b', naked)];

  it('because somebody else cordoned them', () => {
    expect(shortly(findingsOf({ nodes, pods }))).toEqual(['podWithoutController b: q']);
    const kept = findingsOf({ nodes, pods, policy: { cordonedByOthers: 'keep-cordoned' } });
    expect(shortly(kept)).toEqual(['podWithoutController a: p', 'podWithoutController b: q']);
  });

  it.each([
    ['if-work', 'none', 'never', 0],
    ['if-work', 'apt', 'never', 1],
    ['if-work', 'none', 'if-needed', 1],
    ['if-reboot', 'apt', 'never', 0],
    ['if-reboot', 'none', 'always', 1],
    ['always', 'none', 'never', 1],
  ] as const)('drain.when %s, upgrade.manager %s, reboot.when %s', (when, manager, reboot, count) => {
    const { length } = findingsOf({
      nodes,
      pods,
      drain: { when },
      policy: {
        upgrade: upgradePolicy({ manager }),
        reboot: { ...tinyPolicy().reboot, when: reboot, checks: ['sentinel-file'] },
      },
    });
    expect(length).toBe(count);
  });
});
