import { describe, expect, it } from 'vitest';
import type { NodeTerm, PodPlacement } from '../../../shared/domain/placement.ts';
import { DEFAULT_PREFLIGHT } from '../../../shared/domain/preflight/codes.ts';
import { podView } from '../../helpers/fake-cluster.ts';
import { amounts, asking, type Case, findingsOf, roomy, shortly } from '../../helpers/preflight.ts';

const first = { waves: [{ nodes: ['a'] }] };
const hostname = (name: string): NodeTerm => ({
  labels: [{ key: 'kubernetes.io/hostname', operator: 'in', values: [name] }],
  names: [],
});
const apart = (app: string, topologyKey = 'kubernetes.io/hostname'): Partial<PodPlacement> => ({
  antiAffinity: [{ topologyKey, selector: [{ key: 'app', operator: 'in', values: [app] }], namespaces: [] }],
});
const app = (name: string) => ({ labels: { app: name } });

describe('a pod that no other node could take', () => {
  const abc = [roomy('a'), roomy('b'), roomy('c')];
  const dedicated = { key: 'for', value: 'db', effect: 'NoSchedule' };
  it.each<[string, Case]>([
    ['by size', { nodes: [roomy('a', {}, { allocatable: amounts(16) }), roomy('b')], pods: [asking('p', 'a', 6)] }],
    [
      'by an extended resource',
      {
        nodes: [roomy('a', {}, { allocatable: amounts(4, 4, { 'gpu/x': 1 }) }), roomy('b')],
        pods: [asking('p', 'a', 0, { requests: amounts(1, 1, { 'gpu/x': 1 }) })],
      },
    ],
    [
      'by a label',
      {
        nodes: [roomy('a', { labels: { disk: 'ssd' } }), roomy('b')],
        pods: [asking('p', 'a', 1, { nodeSelector: { disk: 'ssd' } })],
      },
    ],
    ['by a taint', { nodes: [roomy('a'), roomy('b', {}, { taints: [dedicated] })], pods: [asking('p', 'a', 1)] }],
    [
      'because the others are not Ready or cordoned',
      {
        nodes: [roomy('a'), roomy('b', { ready: false }), roomy('c', { unschedulable: true })],
        pods: [asking('p', 'a', 1)],
      },
    ],
    [
      'because pods that never move leave too little',
      { nodes: abc, pods: [asking('p', 'a', 2), asking('q', 'b', 3), asking('r', 'c', 3)] },
    ],
  ])('%s', (_, given) => {
    expect(shortly(findingsOf({ ...first, ...given }), 'doesNotFit')).toEqual(['doesNotFit a: p']);
  });

  it.each<[string, Case]>([
    ['has room', { nodes: abc, pods: [asking('p', 'a', 4)] }],
    [
      'tolerates the taint',
      {
        nodes: [roomy('a'), roomy('b', {}, { taints: [dedicated] })],
        pods: [asking('p', 'a', 1, { tolerations: [{ key: 'for', operator: 'Equal', value: 'db', effect: '' }] })],
      },
    ],
    [
      'meets only a taint that is a wish',
      {
        nodes: [roomy('a'), roomy('b', {}, { taints: [{ ...dedicated, effect: 'PreferNoSchedule' }] })],
        pods: [asking('p', 'a', 1)],
      },
    ],
    [
      'asks for nothing of what is short',
      { nodes: [roomy('a'), roomy('b')], pods: [asking('p', 'a', 0), asking('q', 'b', 5)] },
    ],
    [
      'is lost anyway',
      { nodes: [roomy('a')], pods: [asking('p', 'a', 1, {}, { controller: null })], drain: { force: true } },
    ],
    ['has ended', { nodes: [roomy('a')], pods: [asking('p', 'a', 1, {}, { phase: 'Succeeded' })] }],
    ['is terminating', { nodes: [roomy('a')], pods: [asking('p', 'a', 1, {}, { deletionMs: 1 })] }],
    [
      'may come back to the cordoned node',
      { nodes: [roomy('a')], pods: [asking('p', 'a', 1, {}, { toleratesCordon: true })] },
    ],
    [
      'needs the room of a pod that has ended',
      { nodes: [roomy('a'), roomy('b')], pods: [asking('p', 'a', 3), asking('q', 'b', 3, {}, { phase: 'Failed' })] },
    ],
  ])('is none that %s', (_, given) => {
    expect(shortly(findingsOf({ ...first, ...given })).filter(text => !text.startsWith('podLost'))).toEqual([]);
  });

  it('is told with what is wrong with each of the others', () => {
    const nodes = [
      roomy('a', { labels: { disk: 'ssd' } }, { allocatable: amounts(16, 16) }),
      roomy('b'),
      roomy('c', { labels: { disk: 'ssd' } }, { taints: [dedicated] }),
      roomy('d', { labels: { disk: 'ssd' } }),
      roomy('e', { labels: { disk: 'ssd' }, ready: false }),
    ];
    const [finding] = findingsOf({ ...first, nodes, pods: [asking('p', 'a', 6.5, { nodeSelector: { disk: 'ssd' } })] });
    expect(finding).toMatchObject({
      level: 'block',
      message:
        'no other node can take pods while theirs is away: 1 without the labels asked for, 1 with a taint not tolerated, 1 not Ready or cordoned, 1 without room (6.5 CPU requested, at most 4 CPU can be free there)',
    });
  });

  it('is only a warning when it is bound to its node by name, or by a local volume', () => {
    const nodes = [roomy('a'), roomy('b')];
    const pods = [
      asking('name', 'a', 1, { nodeSelector: { 'kubernetes.io/hostname': 'a' } }),
      asking('term', 'a', 1, { nodeTerms: [hostname('a')] }),
      asking('volume', 'a', 1, {}, { claims: ['data'] }),
      asking('elsewhere', 'a', 1, {}, { claims: ['net'] }),
    ];
    const claims = new Map([['shop/data', [hostname('a')]]]);
    const findings = findingsOf({ ...first, nodes, pods, claims });
    expect(findings.map(({ level }) => level)).toEqual(['warn']);
    expect(shortly(findings)).toEqual(['boundToNode a: name,term,volume']);
  });

  it('is only a warning in a cluster of one node', () => {
    const findings = findingsOf({ nodes: [roomy('a')], pods: [asking('p', 'a', 1)] });
    expect(findings).toMatchObject([{ code: 'boundToNode', level: 'warn', pods: ['shop/p'] }]);
  });

  it('is judged by what earlier waves may have moved away, not by where pods are now', () => {
    const nodes = [roomy('a'), roomy('b')];
    const pods = [asking('p', 'a', 3), asking('q', 'b', 3)];
    // First a: q is on b and stays there. Then b: p may have gone from a to nowhere, so a may be empty.
    expect(shortly(findingsOf({ nodes, pods }), 'doesNotFit')).toEqual(['doesNotFit a: p']);
  });
});

describe('pods that find too little room together', () => {
  const pool = { labels: { pool: 'x' } };
  const nodes = [roomy('a', pool), roomy('b', pool), roomy('c')];
  const inPool = { nodeSelector: { pool: 'x' } };

  it('in the nodes they are confined to, though there is room elsewhere', () => {
    const pods = ['a', 'b'].flatMap(node => [
      asking(`${node}-1`, node, 1.5, inPool),
      asking(`${node}-2`, node, 1.5, inPool),
    ]);
    const [finding, ...more] = findingsOf({ nodes, pods, waves: [{ nodes: ['a', 'b'] }] });
    expect(finding).toMatchObject({ code: 'tooLittleRoom', level: 'block', nodes: ['a', 'b'] });
    expect(finding?.pods).toEqual(['shop/a-1', 'shop/a-2', 'shop/b-1', 'shop/b-2']);
    expect(finding?.message).toBe(
      'the pods that can run only on these 2 nodes request 6 CPU, and without it 4 CPU is left for them',
    );
    expect(more).toEqual([]);
  });

  it('is none where others could make room', () => {
    const pods = ['a', 'b'].flatMap(node => [asking(`${node}-1`, node, 2, inPool), asking(`${node}-2`, node, 2)]);
    expect(shortly(findingsOf({ nodes, pods, waves: [{ nodes: ['a', 'b'] }] }), 'tooLittleRoom', 'doesNotFit')).toEqual(
      [],
    );
  });

  it('by the number of pods a node runs', () => {
    const few = ['a', 'b'].map(name => roomy(name, {}, { pods: 2 }));
    const pods = ['a', 'a', 'b'].map((node, at) => asking(`p-${at}`, node, 0));
    const findings = findingsOf({ nodes: few, pods, waves: [{ nodes: ['a', 'b'] }] });
    expect(shortly(findings)).toEqual(['tooLittleRoom a,b: p-0,p-1,p-2']);
  });
});

describe('pods that must keep apart', () => {
  const nodes = ['a', 'b', 'c'].map((name, at) => roomy(name, { labels: { zone: at === 0 ? 'x' : 'y' } }));
  const replicas = (placement: Partial<PodPlacement>, homes: string) =>
    homes.split('').map((home, at) => asking(`p-${at}`, home, 1, placement, app('w')));

  it.each<[string, Partial<PodPlacement>, string, string[]]>([
    ['from their own kind, as many as nodes', apart('w'), 'abc', ['noNodeApart a: p-0']],
    ['from their own kind, fewer than nodes', apart('w'), 'ab', []],
    ['by zone, as many as zones', apart('w', 'zone'), 'ab', ['noNodeApart a: p-0']],
    ['by zone, of which another node is left', apart('w', 'zone'), 'b', []],
    ['by a label that nodes lack', apart('w', 'rack'), 'abc', []],
    ['by a host port, as many as nodes', { hostPorts: ['TCP/80'] }, 'abc', ['noNodeApart a: p-0']],
    ['by a host port, fewer than nodes', { hostPorts: ['TCP/80'] }, 'ac', []],
  ])('%s', (_, placement, homes, expected) => {
    const findings = findingsOf({ ...first, nodes, pods: replicas(placement, homes) });
    expect(shortly(findings)).toEqual(expected);
    expect(findings.every(({ level }) => level === 'warn')).toBe(true);
  });

  it('from others, which keep them out whoever says so', () => {
    const others = ['b', 'c'].map(node => podView(`q-${node}`, node, app('q')));
    const keeping = ['b', 'c'].map(node => asking(`q-${node}`, node, 0, apart('w'), app('q')));
    const says = (pods: Case['pods'] = []) => shortly(findingsOf({ ...first, nodes, pods }), 'noRoomNow');
    expect(says([asking('p', 'a', 1, apart('q'), app('w')), ...others])).toEqual(['noRoomNow a: p']);
    expect(says([asking('p', 'a', 1, {}, app('w')), ...keeping])).toEqual(['noRoomNow a: p']);
    expect(says([asking('p', 'a', 1, {}, app('w')), ...others])).toEqual([]);
    expect(says([asking('p', 'a', 1, {}, { ...app('w'), namespace: 'other' }), ...keeping])).toEqual([]);
  });
});

describe('pods that find no room as pods are spread now', () => {
  const nodes = ['a', 'b', 'c'].map(name => roomy(name));
  const waves = [{ nodes: ['a', 'b', 'c'] }];

  it('alone', () => {
    const pods = [asking('p', 'a', 3), asking('q', 'b', 2), asking('r', 'c', 2)];
    const findings = findingsOf({ nodes, pods, waves });
    expect(shortly(findings)).toEqual(['noRoomNow a: p']);
    expect(findings[0]).toMatchObject({
      level: 'warn',
      message: 'no other node has room for pods as they are spread now',
    });
  });

  it('one after another', () => {
    const pods = [asking('p', 'a', 2), asking('p2', 'a', 2), asking('q', 'b', 1.5), asking('r', 'c', 2.5)];
    const findings = findingsOf({ nodes, pods, waves });
    expect(shortly(findings)).toEqual(['noRoomNow a: p2']);
    expect(findings[0]?.message).toBe(
      'no place was found for pods as they are spread now (the largest first; another order may do)',
    );
  });

  it('with as many nodes away as may be at once', () => {
    const four = [...nodes, roomy('d')];
    const pods = four.map(({ name }) => asking(`p-${name}`, name, 2));
    const away = (concurrency: number, maxUnavailable = 100) =>
      findingsOf({
        nodes: four,
        pods,
        waves: [{ nodes: ['a', 'b', 'c'], concurrency }],
        cluster: { maxUnavailable: { kind: 'number', value: maxUnavailable } },
      });
    expect(shortly(away(2))).toEqual([]);
    expect(shortly(away(3))).toEqual(['noRoomNow b,c: p-b,p-c']);
    expect(away(3)[0]?.message).toBe('no place was found for pods with the 3 fullest nodes of the wave away at once');
    expect(shortly(away(3, 2))).toEqual([]);
  });
});

it.each([
  ['ignore', []],
  ['warn', ['warn boundToNode']],
  ['block', ['block boundToNode']],
] as const)('a policy may %s', (level, expected) => {
  const preflight = { ...DEFAULT_PREFLIGHT, boundToNode: level };
  const findings = findingsOf({ nodes: [roomy('a')], pods: [asking('p', 'a', 1)], cluster: { preflight } });
  expect(findings.map(each => `${each.level} ${each.code}`)).toEqual(expected);
});
