import { expect, it } from 'vitest';
import type { GateSettings } from '../../../shared/domain/gate/settings.ts';
import { podView } from '../../helpers/fake-cluster.ts';
import { findingsOf, roomy, shortly } from '../../helpers/preflight.ts';

const ofDaemonSet = (name: string, labels: Record<string, string> = {}, phase = 'Running') =>
  podView(`${name}-x`, 'a', {
    namespace: 'kube-system',
    labels,
    phase,
    controller: { apiVersion: 'apps/v1', kind: 'DaemonSet', name },
  });
const gate = (daemonSet: string): GateSettings => {
  const base = { name: 'kured', at: ['claim'] as const, timeoutMs: 1, ttlMs: 1, namespace: 'kube-system' };
  return { ...base, kind: 'kured', lock: 'hold', daemonSet };
};
const FOUND = ['kuredRunning a: '];

it.each([
  ['by its name', ofDaemonSet('kured'), [], FOUND],
  ['by the end of its name', ofDaemonSet('my-kured'), [], FOUND],
  ['by its label', ofDaemonSet('rebooter', { 'app.kubernetes.io/name': 'kured' }), [], FOUND],
  ['but not another daemon', ofDaemonSet('kured-exporter'), [], []],
  ['but not one that has ended', ofDaemonSet('kured', {}, 'Failed'), [], []],
  ['but not one whose lock is known', ofDaemonSet('kured'), [gate('kured')], []],
  ['though the lock of another is known', ofDaemonSet('my-kured'), [gate('kured')], FOUND],
])('a running kured is found %s', (_name, pod, gates, expected) => {
  const findings = findingsOf({ nodes: [roomy('a')], pods: [pod], cluster: { gates } });
  expect(shortly(findings).filter(each => each.startsWith('kured'))).toEqual(expected);
});
