import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, Kube } from '../../../services/simulator/api/object.ts';
import { quantityOf, requestsOf } from '../../../services/simulator/controllers/requests.ts';
import { Rooms } from '../../../services/simulator/controllers/rooms.ts';

const HOSTNAME = 'kubernetes.io/hostname';
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

function node(
  name: string,
  more: { labels?: Record<string, string>; cpu?: string; pods?: string; spec?: Json } = {},
): Kube {
  const allocatable = { cpu: more.cpu ?? '4', memory: '8Gi', pods: more.pods ?? '10' };
  return {
    metadata: { name, labels: { [HOSTNAME]: name, ...more.labels } },
    spec: more.spec ?? {},
    status: { allocatable, conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

let count = 0;
function pod(more: { spec?: Json; owner?: string; labels?: Record<string, string>; cpu?: string } = {}): Kube {
  count += 1;
  const resources = more.cpu === undefined ? {} : { requests: { cpu: more.cpu } };
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'o', uid: more.owner ?? '', controller: true };
  return {
    metadata: {
      name: `p${count}`,
      namespace: 'default',
      uid: `u${count}`,
      labels: more.labels ?? {},
      ...(more.owner === undefined ? {} : { ownerReferences: [owner] }),
    },
    spec: { containers: [{ name: 'c', resources }], ...more.spec },
  };
}

function roomsOf(...nodes: readonly Kube[]): Rooms {
  const rooms = new Rooms();
  for (const one of nodes) rooms.nodeChanged(one);
  return rooms;
}

function bind(rooms: Rooms, one: Kube, nodeName = rooms.best(one)): string | undefined {
  if (nodeName !== undefined) rooms.podChanged(one, { ...one, spec: { ...one.spec, nodeName } });
  return nodeName;
}

const nodeAffinity = (...terms: readonly Json[]) => ({
  affinity: { nodeAffinity: { [REQUIRED]: { nodeSelectorTerms: terms } } },
});
const apart = (app: string) => ({
  affinity: {
    podAntiAffinity: { [REQUIRED]: [{ topologyKey: HOSTNAME, labelSelector: { matchLabels: { app } } }] },
  },
});

describe('a place for a pod', () => {
  it('is the node with the fewest pods of its owner, then the fewest of all', () => {
    const rooms = roomsOf(node('a'), node('b'));
    bind(rooms, pod(), 'a');
    bind(rooms, pod({ owner: 'x' }), 'b');
    bind(rooms, pod(), 'b');
    expect(rooms.best(pod({ owner: 'x' }))).toBe('a');
    expect(rooms.best(pod({ owner: 'y' }))).toBe('a');
  });

  it('has the CPU asked for, until pods end', () => {
    const rooms = roomsOf(node('a', { cpu: '1' }));
    const first = pod({ cpu: '600m' });
    expect(bind(rooms, first)).toBe('a');
    const second = pod({ cpu: '500m' });
    expect(rooms.best(second)).toBeUndefined();
    expect(rooms.reasonsAgainst(second)).toBe('0/1 nodes are available: 1 Insufficient cpu.');
    const bound = { ...first, spec: { ...first.spec, nodeName: 'a' } };
    expect(rooms.podChanged(bound, { ...bound, status: { phase: 'Succeeded' } })).toBe('a');
    expect(rooms.best(second)).toBe('a');
  });

  it('fits the required node affinity: one term of it, and that wholly', () => {
    const rooms = roomsOf(node('a', { labels: { zone: 'x', disk: 'ssd' } }), node('b', { labels: { zone: 'y' } }));
    const needs = (key: string, operator: string, ...values: string[]) => ({ key, operator, values });
    const best = (...terms: Json[]) => rooms.best(pod({ spec: nodeAffinity(...terms) }));
    expect(best({ matchExpressions: [needs('zone', 'In', 'y', 'z')] })).toBe('b');
    expect(best({ matchExpressions: [needs('zone', 'NotIn', 'x')] })).toBe('b');
    expect(best({ matchExpressions: [needs('disk', 'Exists')] })).toBe('a');
    expect(best({ matchExpressions: [needs('disk', 'DoesNotExist')] })).toBe('b');
    expect(best({ matchFields: [needs('metadata.name', 'In', 'b')] })).toBe('b');
    expect(best({ matchExpressions: [needs('zone', 'In', 'x'), needs('disk', 'In', 'hdd')] })).toBeUndefined();
    expect(best({}, { matchExpressions: [needs('zone', 'In', 'x')] })).toBe('a');
    expect(best({})).toBeUndefined();
  });

  it('is none beside a pod it must be apart from, nor beside one that must be apart from it', () => {
    const rooms = roomsOf(node('a'), node('b'));
    const web = () => pod({ labels: { app: 'web' }, spec: apart('web') });
    expect(new Set([bind(rooms, web()), bind(rooms, web())])).toEqual(new Set(['a', 'b']));
    expect(rooms.best(web())).toBeUndefined();
    expect(rooms.reasonsAgainst(web())).toContain("2 node(s) didn't match pod anti-affinity rules");
    expect(rooms.best(pod({ labels: { app: 'web' } }))).toBeUndefined();
    expect(rooms.best(pod({ labels: { app: 'other' } }))).toBeDefined();
  });

  it('is counted reason by reason where there is none', () => {
    const tainted = { taints: [{ key: 'k', effect: 'NoSchedule' }] };
    const rooms = roomsOf(
      node('a', { spec: { unschedulable: true } }),
      node('b', { spec: tainted }),
      node('c', { pods: '0' }),
      node('d', { pods: '0' }),
    );
    expect(rooms.reasonsAgainst(pod())).toBe(
      '0/4 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable, 2 Too many pods.',
    );
  });

  it('is not on a node that is gone, nor counted there', () => {
    const rooms = roomsOf(node('a', { pods: '0' }), node('b'));
    const last = pod();
    const bound = { ...last, spec: { ...last.spec, nodeName: 'b' } };
    rooms.podChanged(last, bound);
    rooms.nodeGone('b');
    expect(rooms.reasonsAgainst(pod())).toBe('0/1 nodes are available: 1 Too many pods.');
    rooms.podChanged(bound, undefined);
    expect(rooms.best(pod())).toBeUndefined();
    rooms.nodeChanged(node('b'));
    expect(rooms.best(pod())).toBe('b');
  });

  it('never overfills a node, whatever comes and goes', () => {
    const act = fc.record({ leave: fc.boolean(), cpu: fc.constantFrom('100m', '900m', '1500m'), at: fc.nat() });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), acts => {
        const rooms = roomsOf(node('a', { cpu: '2', pods: '4' }), node('b', { cpu: '3' }), node('c', { cpu: '1' }));
        const bound: Kube[] = [];
        for (const { leave, cpu, at } of acts) {
          const gone = leave ? bound.splice(at % Math.max(1, bound.length), 1)[0] : undefined;
          if (gone !== undefined) rooms.podChanged(gone, undefined);
          const fresh = pod({ cpu, owner: `o${at % 3}` });
          const nodeName = bind(rooms, fresh);
          if (nodeName !== undefined) bound.push({ ...fresh, spec: { ...fresh.spec, nodeName } });
          const used = (name: string) => bound.filter(one => one.spec?.['nodeName'] === name);
          const cpuOf = (name: string) => used(name).reduce((sum, one) => sum + requestsOf(one).cpuMillis, 0);
          expect([cpuOf('a') <= 2000, cpuOf('b') <= 3000, cpuOf('c') <= 1000]).toEqual([true, true, true]);
          expect(used('a').length).toBeLessThanOrEqual(4);
        }
      }),
    );
  });
});

describe('quantities', () => {
  it.each([
    ['250m', 0.25],
    ['2', 2],
    ['1e3', 1000],
    ['64Gi', 64 * 2 ** 30],
    ['1500k', 1_500_000],
    [undefined, 0],
    ['much', 0],
  ])('%s', (text, amount) => expect(quantityOf(text)).toBe(amount));
});
