import { describe, expect, it } from 'vitest';
import { applyJsonPatch } from '../../../services/simulator/api/json-patch.ts';
import { mergePatch, strategicMergePatch } from '../../../services/simulator/api/merge-patch.ts';

describe('a JSON patch', () => {
  it.each([
    [{ a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
    [{ a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2, 3] }],
    [{ a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
    [
      { a: { 'x/y': 1, '~': 2 } },
      [
        { op: 'remove', path: '/a/x~1y' },
        { op: 'remove', path: '/a/~0' },
      ],
      { a: {} },
    ],
    [{ a: 1 }, [{ op: 'replace', path: '/a', value: null }], { a: null }],
    [{ a: { b: 1 }, c: {} }, [{ op: 'move', from: '/a/b', path: '/c/d' }], { a: {}, c: { d: 1 } }],
    [{ a: [1] }, [{ op: 'copy', from: '/a', path: '/b' }], { a: [1], b: [1] }],
    [{ a: { b: [1] } }, [{ op: 'test', path: '/a', value: { b: [1] } }], { a: { b: [1] } }],
    [{ a: 1 }, [{ op: 'test', path: '/none', value: null }], { a: 1 }],
  ])('turns %j by %j into %j', (document, patch, result) => {
    const before = structuredClone(document);
    expect(applyJsonPatch(document, patch)).toEqual(result);
    expect(document).toEqual(before);
  });

  it.each([
    [[{ op: 'test', path: '/a', value: 2 }]],
    [[{ op: 'remove', path: '/none' }]],
    [[{ op: 'replace', path: '/none', value: 1 }]],
    [[{ op: 'add', path: '/none/b', value: 1 }]],
    [[{ op: 'add', path: '/l/7', value: 1 }]],
    [[{ op: 'remove', path: '/l/01' }]],
    [[{ op: 'nonsense', path: '/a' }]],
  ])('%j cannot be done: 422', patch => {
    expect(() => applyJsonPatch({ a: 1, l: [1, 2] }, patch)).toThrow(expect.objectContaining({ code: 422 }));
  });

  it('is a list: 400', () => {
    expect(() => applyJsonPatch({}, { spec: {} })).toThrow(expect.objectContaining({ code: 400 }));
  });
});

describe('a merge patch (the cases of RFC 7386)', () => {
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [['a'], { a: 'b' }, { a: 'b' }],
  ])('turns %j by %j into %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });
});

describe('a strategic merge patch', () => {
  it('replaces taints whole, joins conditions by their type, removes with null', () => {
    const node = {
      spec: { unschedulable: true, taints: [{ key: 'a' }, { key: 'b' }] },
      status: {
        conditions: [
          { type: 'Ready', status: 'True', reason: 'x' },
          { type: 'Disk', status: 'False' },
        ],
      },
    };
    const patch = {
      spec: { unschedulable: null, taints: [{ key: 'c' }] },
      status: {
        conditions: [
          { type: 'Ready', status: 'False' },
          { type: 'New', status: 'True' },
        ],
      },
    };
    expect(strategicMergePatch(node, patch)).toEqual({
      spec: { taints: [{ key: 'c' }] },
      status: {
        conditions: [
          { type: 'Ready', status: 'False', reason: 'x' },
          { type: 'Disk', status: 'False' },
          { type: 'New', status: 'True' },
        ],
      },
    });
  });

  it('knows its directives', () => {
    const pod = {
      metadata: { finalizers: ['a', 'b'] },
      spec: { volumes: [{ name: 'v' }, { name: 'w' }], x: { y: 1 } },
    };
    const patch = {
      metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] },
      spec: {
        '$setElementOrder/volumes': [],
        volumes: [{ name: 'v', $patch: 'delete' }],
        x: { $patch: 'replace', z: 2 },
      },
    };
    expect(strategicMergePatch(pod, patch)).toEqual({
      metadata: { finalizers: ['b'] },
      spec: { volumes: [{ name: 'w' }], x: { z: 2 } },
    });
  });
});
