import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StepError } from '../../../shared/domain/failure.ts';
import { findDocuments, parseSpan } from '../../../shared/kubernetes/snapshot/json-items.ts';
import { readSnapshot } from '../../../shared/kubernetes/snapshot/snapshot.ts';

const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' }, status: { allocatable: { cpu: '4' } } };
const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'shop' }, spec: { nodeName: 'a' } };
const budget = { kind: 'PodDisruptionBudget', metadata: { name: 'b', namespace: 'shop' }, spec: { maxUnavailable: 0 } };
const list = (...items: unknown[]) => ({ apiVersion: 'v1', items, kind: 'List', metadata: {} });
const read = (...texts: string[]) =>
  readSnapshot(texts.map((text, at) => ({ name: `${at}.json`, bytes: Buffer.from(text), writtenAtMs: at })));

/** What a snapshot that is none says. */
function refusal(...texts: string[]): string {
  try {
    read(...texts);
  } catch (error) {
    if (error instanceof StepError && error.failure.code === 'snapshot-unreadable') return error.failure.message;
    throw error;
  }
  return 'it was read';
}

describe('the items of a list', () => {
  const found = (text: string) => {
    const bytes = Buffer.from(text);
    return findDocuments(bytes).map(({ kind, items, span }) => ({
      kind,
      whole: parseSpan(bytes, span),
      items: items?.map(item => parseSpan(bytes, item)) ?? null,
    }));
  };

  it('are those JSON.parse would find, whatever is in them', () => {
    const document = fc.record({ kind: fc.string(), items: fc.array(fc.jsonValue()), other: fc.jsonValue() });
    fc.assert(
      fc.property(fc.array(document), fc.constantFrom(0, 2, 4), (documents, indent) => {
        const text = documents.map(each => JSON.stringify(each, null, indent)).join('\n');
        const parsed = JSON.parse(JSON.stringify(documents)) as typeof documents;
        expect(found(text).map(each => [each.whole, each.items])).toEqual(parsed.map(each => [each, each.items]));
      }),
    );
  });

  it('may come after a byte order mark, with no space, and beside items further in', () => {
    expect(found('\ufeff{"kind":"PodList","x":{"items":[1]},"items":[{"items":[2]},3]}')).toMatchObject([
      { kind: 'PodList', items: [{ items: [2] }, 3] },
    ]);
    expect(found(' \n')).toEqual([]);
  });

  it.each([
    ['apiVersion: v1', 'byte 0: a JSON object is expected, there is apiVersion: v1'],
    ['[]', 'byte 0: a JSON object is expected, there is []'],
    ['{"items": [{"a": 1}', 'it ends where the end of what begins before is expected'],
    ['{"items": [{"a": "1', 'it ends where the end of a string is expected'],
    ['{"a": {"b": [', 'it ends where the end of what begins before is expected'],
    ['{"a" 1}', 'byte 5: ":" is expected, there is 1}'],
    ['{"a": 1 "b": 2}', 'byte 8: "," or "}" is expected, there is "b": 2}'],
    ['{a: 1}', 'byte 1: a key is expected, there is a: 1}'],
    ['{"a":,}', 'byte 5: a value is expected, there is ,}'],
  ])('%s is refused', (text, message) => {
    expect(() => findDocuments(Buffer.from(text))).toThrow(message);
  });
});

describe('a snapshot', () => {
  it('is one list of all kinds; kinds that are not needed are passed over', () => {
    const { facts, notes } = read(JSON.stringify(list(node, pod, budget, { kind: 'Secret', metadata: { name: 's' } })));
    expect(facts).toMatchObject({
      nodes: [{ name: 'a', room: { allocatable: { cpuMilli: 4000 } } }],
      pods: [{ namespace: 'shop', name: 'p', nodeName: 'a' }],
      budgets: [{ name: 'b', maxUnavailable: '0' }],
      daemonSets: null,
      seenAtMs: 0,
    });
    expect(notes).toEqual([]);
  });

  it('is several files or lists, of the API as well, in which things may come twice', () => {
    const { kind: _, ...bare } = pod;
    const { facts } = read(
      `${JSON.stringify(list(node))}\n${JSON.stringify({ kind: 'PodList', items: [bare] })}`,
      JSON.stringify(list(pod, node, budget)),
      JSON.stringify({ kind: 'DaemonSetList', items: [] }),
    );
    expect([facts.nodes.length, facts.pods.length, facts.daemonSets, facts.seenAtMs]).toEqual([1, 1, new Set(), 2]);
  });

  it('is a single resource as well', () => {
    expect(read(JSON.stringify(node), JSON.stringify(pod)).facts.nodes).toHaveLength(1);
  });

  it('knows where the volumes behind claims are', () => {
    const terms = [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['a'] }] }];
    const volume = (name: string, more: object) => ({ kind: 'PersistentVolume', metadata: { name }, spec: more });
    const claim = (name: string, volumeName?: string) => ({
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: 'shop' },
      spec: { volumeName },
    });
    const { facts } = read(
      JSON.stringify(
        list(
          node,
          pod,
          volume('local', { nodeAffinity: { required: { nodeSelectorTerms: terms } } }),
          volume('net', {}),
          claim('data', 'local'),
          claim('shared', 'net'),
          claim('unbound'),
        ),
      ),
    );
    expect([...facts.claims]).toEqual([
      ['shop/data', [{ labels: [{ key: 'kubernetes.io/hostname', operator: 'in', values: ['a'] }], names: [] }]],
    ]);
  });

  it('tells what is not in it', () => {
    const claiming = { ...pod, spec: { ...pod.spec, volumes: [{ persistentVolumeClaim: { claimName: 'data' } }] } };
    expect(read(JSON.stringify(list(node, claiming))).notes).toEqual([
      '0.json holds no PodDisruptionBudget: none was judged',
      '0.json lacks PersistentVolumes or their claims: where volumes are was not judged',
    ]);
  });

  it.each([
    ['kind: List', '0.json is no snapshot: byte 0: a JSON object is expected, there is kind: List'],
    ['', '0.json is no snapshot: it holds no Nodes and no Pods'],
    [JSON.stringify(list(node)), '0.json is no snapshot: it holds no Pods'],
    [
      JSON.stringify(list(node, { kind: 'Pod' })),
      '0.json is no snapshot: item 2 (Pod) is no Kubernetes resource with a name',
    ],
    [JSON.stringify(list(node, 7)), '0.json is no snapshot: item 2 is no Kubernetes resource with a name'],
    [JSON.stringify(list(node, null)), '0.json is no snapshot: item 2 is no Kubernetes resource with a name'],
    ['{"items": [{]}', '0.json is no snapshot: '],
  ])('%s is refused', (text, message) => {
    expect(refusal(text)).toContain(message);
  });

  it('with a resource of strange shape is refused by its name', () => {
    const strange = { ...pod, spec: { containers: 7 } };
    expect(refusal(JSON.stringify(list(node, strange)))).toMatch(
      /^0\.json is no snapshot: item 2 \(Pod\) p cannot be read: /,
    );
  });
});
