import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { placementOf, requirementsOf, roomOf } from '../../../shared/kubernetes/placement.ts';
import { podTrouble } from '../../../shared/kubernetes/pod-trouble.ts';

const container = (name: string, cpu: string, more: Partial<V1Container> = {}): V1Container => {
  return { name, resources: { requests: { cpu } }, ...more };
};
const cpuOf = (containers: V1Container[], initContainers: V1Container[] = [], overhead = '0'): number =>
  placementOf({ spec: { containers, initContainers, overhead: { cpu: overhead } } }).requests.cpuMilli;

describe('what a pod asks for', () => {
  it.each([
    ['its containers together', cpuOf([container('a', '100m'), container('b', '1')]), 1_100],
    ['an init container, where it is larger', cpuOf([container('a', '100m')], [container('i', '2')]), 2_000],
    [
      'a sidecar beside the containers',
      cpuOf([container('a', '1')], [container('s', '1', { restartPolicy: 'Always' })]),
      2_000,
    ],
    [
      'a sidecar beside the init containers after it',
      cpuOf([container('a', '1')], [container('s', '1', { restartPolicy: 'Always' }), container('i', '3')]),
      4_000,
    ],
    ['the overhead of its runtime', cpuOf([container('a', '1')], [], '250m'), 1_250],
    ['nothing', cpuOf([{ name: 'a' }]), 0],
  ])('%s', (_name, cpuMilli, wanted) => {
    expect(cpuMilli).toBe(wanted);
  });

  it('memory, disk and others, each its own', () => {
    const requests = { cpu: '1', memory: '1Gi', 'ephemeral-storage': '2G', 'nvidia.com/gpu': '1' };
    const pod = { spec: { containers: [container('a', '0', { resources: { requests } })] } };
    expect(placementOf(pod).requests).toEqual({
      cpuMilli: 1_000,
      memoryBytes: 2 ** 30,
      ephemeralStorageBytes: 2e9,
      others: { 'nvidia.com/gpu': 1 },
    });
  });

  it('where it may run', () => {
    const required = { requiredDuringSchedulingIgnoredDuringExecution: [] as never };
    const pod: V1Pod = {
      spec: {
        containers: [container('a', '1', { ports: [{ containerPort: 80, hostPort: 8080 }, { containerPort: 81 }] })],
        nodeSelector: { disk: 'ssd' },
        tolerations: [
          { key: 'a', operator: 'Exists' },
          { key: 'b', value: 'c', effect: 'NoSchedule' },
        ],
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                {
                  matchExpressions: [
                    { key: 'zone', operator: 'NotIn', values: ['x'] },
                    { key: 'cores', operator: 'Gt', values: ['4'] },
                  ],
                  matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }],
                },
              ],
            },
          },
          podAntiAffinity: {
            ...required,
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'db' } } },
            ],
          },
        },
      },
    };
    expect(placementOf(pod)).toMatchObject({
      nodeSelector: { disk: 'ssd' },
      nodeTerms: [
        {
          labels: [
            { key: 'zone', operator: 'not-in', values: ['x'] },
            { key: 'cores', operator: 'greater', value: 4 },
          ],
          names: [{ operator: 'in', values: ['n1'] }],
        },
      ],
      tolerations: [
        { key: 'a', operator: 'Exists', value: '', effect: '' },
        { key: 'b', operator: 'Equal', value: 'c', effect: 'NoSchedule' },
      ],
      antiAffinity: [
        {
          topologyKey: 'kubernetes.io/hostname',
          selector: [{ key: 'app', operator: 'in', values: ['db'] }],
          namespaces: [],
        },
      ],
      hostPorts: ['TCP/8080'],
    });
  });
});

describe('what a node offers', () => {
  it('its allocatable, its taints and room for 110 pods when it says nothing', () => {
    const node = {
      spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] },
      status: { allocatable: { cpu: '3500m' } },
    };
    const room = roomOf(node);
    expect(room.allocatable.cpuMilli).toBe(3_500);
    expect(room.pods).toBe(110);
    expect(room.taints).toEqual([{ key: 'gpu', value: '', effect: 'NoSchedule' }]);
    expect(roomOf({ status: { allocatable: { pods: '250' } } }).pods).toBe(250);
  });
});

describe('the selector of a budget', () => {
  it.each([
    [undefined, null],
    [{}, []],
    [{ matchLabels: { app: 'web' } }, [{ key: 'app', operator: 'in', values: ['web'] }]],
    [
      { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] },
      [{ key: 'tier', operator: 'not-exists', values: [] }],
    ],
  ])('%j', (selector, wanted) => {
    expect(requirementsOf(selector)).toEqual(wanted);
  });
});

describe('why a pod is not ready', () => {
  const status = (more: object): string => podTrouble({ status: more });
  const stuck = { name: 'app', image: '', imageID: '', ready: false, restartCount: 5 };
  it.each([
    ['ready', { conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [stuck] }, ''],
    [
      'no room',
      { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' }] },
      'Unschedulable: 0/3 nodes',
    ],
    [
      'a crash loop',
      {
        containerStatuses: [
          {
            ...stuck,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { exitCode: 1, reason: 'OOMKilled' } },
          },
        ],
      },
      'CrashLoopBackOff in app, 5 restarts, ended last with OOMKilled',
    ],
    [
      'starting',
      { containerStatuses: [{ ...stuck, restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } }] },
      '',
    ],
    [
      'up, but not ready after restarts',
      { containerStatuses: [{ ...stuck, state: { running: {} } }] },
      'app runs but is not ready, 5 restarts',
    ],
    [
      'ended, before its back-off',
      { containerStatuses: [{ ...stuck, state: { terminated: { exitCode: 2, reason: 'Error' } } }] },
      'Error in app, 5 restarts',
    ],
    [
      'past its init container',
      {
        initContainerStatuses: [
          { ...stuck, restartCount: 0, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
        ],
      },
      '',
    ],
    ['its own reason', { reason: 'NodeLost', message: 'the node is gone' }, 'NodeLost: the node is gone'],
  ])('%s', (_name, more, wanted) => {
    expect(status(more)).toBe(wanted);
  });
});
