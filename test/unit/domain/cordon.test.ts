import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isKeptOff, type Marker, markChange, mayComeBack, restoreChange } from '../../../shared/domain/cordon.ts';
import { type NodeView, WORK_ANNOTATION, type WorkMark, workMarkOf } from '../../../shared/domain/facts.ts';
import type { Taint } from '../../../shared/domain/placement.ts';
import { type CordonPolicy, PLAIN_CORDON } from '../../../shared/domain/policy.ts';
import { changed, nodeView, podView } from '../../helpers/fake-cluster.ts';
import { ANYWHERE } from '../../helpers/placement.ts';

const US: Marker = { installation: 'here', rollout: 'r1', round: 1, epoch: 1 };
const TAINT: Taint = { key: 'maintenance', value: 'os', effect: 'NoSchedule' };

function markOf(node: NodeView): WorkMark | null {
  const mark = workMarkOf(node.annotations);
  if (mark === 'unreadable') throw new Error('unreadable');
  return mark;
}

function mark(node: NodeView, policy: CordonPolicy, epoch = 1): NodeView {
  const change = markChange(node, markOf(node), { ...US, epoch }, policy);
  return change ? { ...node, ...changed(node, change) } : node;
}

function restore(node: NodeView, after = {}): NodeView {
  const own = markOf(node);
  return own ? { ...node, ...changed(node, restoreChange(node, own, after)) } : node;
}

const tainted = (node: NodeView, ...taints: Taint[]): NodeView => ({ ...node, room: { ...node.room, taints } });

/** What a person sees of a Node: the order of taints means nothing. */
function seen({ unschedulable, annotations, labels, room }: NodeView) {
  return { unschedulable, annotations, labels, taints: room.taints.map(each => JSON.stringify(each)).sort() };
}

const KEYS = ['a', 'b', 'c'];
const labelValue = fc.constantFrom('1', '2', null);
const effect = fc.constantFrom('NoSchedule', 'PreferNoSchedule');
const taint: fc.Arbitrary<Taint> = fc.record({
  key: fc.constantFrom('maintenance', 'gpu'),
  value: fc.constantFrom('', 'os'),
  effect,
});
const policies: fc.Arbitrary<CordonPolicy> = fc.record({
  unschedulable: fc.boolean(),
  taint: fc.option(taint),
  labelsDuring: fc.dictionary(fc.constantFrom(...KEYS), labelValue),
  labelsAfter: fc.constant({}),
});
const nodes: fc.Arbitrary<NodeView> = fc
  .record({
    unschedulable: fc.boolean(),
    labels: fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom('1', '2')),
    taints: fc.uniqueArray(taint, { selector: each => `${each.key} ${each.effect}` }),
  })
  .map(({ taints, ...more }) => tainted(nodeView('n', more), ...taints));

/** What somebody else does to the Node. */
type Edit =
  | { readonly kind: 'cordon'; readonly to: boolean }
  | { readonly kind: 'label'; readonly key: string; readonly to: string | null }
  | { readonly kind: 'taint'; readonly taint: Taint }
  | { readonly kind: 'untaint'; readonly taint: Taint };

const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('cordon' as const), to: fc.boolean() }),
  fc.record({ kind: fc.constant('label' as const), key: fc.constantFrom(...KEYS), to: labelValue }),
  fc.record({ kind: fc.constant('taint' as const), taint }),
  fc.record({ kind: fc.constant('untaint' as const), taint }),
);

function apply(node: NodeView, edit: Edit): NodeView {
  if (edit.kind === 'cordon') return { ...node, unschedulable: edit.to };
  if (edit.kind === 'label') return { ...node, ...changed(node, { labels: { [edit.key]: edit.to } }) };
  const others = node.room.taints.filter(each => each.key !== edit.taint.key || each.effect !== edit.taint.effect);
  return edit.kind === 'taint' ? tainted(node, ...others, edit.taint) : tainted(node, ...others);
}

/** Whether an edit is of something the policy changes. */
function meets({ taint: ours, labelsDuring, unschedulable }: CordonPolicy, edit: Edit): boolean {
  if (edit.kind === 'cordon') return unschedulable;
  if (edit.kind === 'label') return edit.key in labelsDuring;
  return ours?.key === edit.taint.key && ours.effect === edit.taint.effect;
}

describe('marking a Node and giving it back', () => {
  it('leaves it exactly as it was before, however often either was begun, whoever went on', () => {
    fc.assert(
      fc.property(nodes, policies, fc.array(fc.constantFrom(0, 1), { maxLength: 5 }), (before, policy, again) => {
        let node = mark(before, policy);
        // Each time another worker, whose own answer was lost: a later epoch.
        again.forEach((step, index) => {
          node = mark(node, policy, 1 + index + step);
        });
        expect(isKeptOff(node, markOf(node) as WorkMark)).toBe(true);
        expect(markChange(node, markOf(node), { ...US, epoch: markOf(node)?.epoch ?? 0 }, policy)).toBeNull();
        node = restore(restore(node));
        expect(seen(node)).toEqual(seen(before));
      }),
    );
  });

  it('keeps all that others did to what is not ours', () => {
    fc.assert(
      fc.property(nodes, policies, fc.array(fc.tuple(edits, fc.boolean())), (before, policy, steps) => {
        let [node, alone] = [mark(before, policy), before];
        for (const [edit, then] of steps) {
          if (meets(policy, edit)) continue;
          [node, alone] = [apply(node, edit), apply(alone, edit)];
          if (then) node = mark(node, policy);
        }
        expect(seen(restore(node))).toEqual(seen(alone));
      }),
    );
  });

  it('leaves nothing of ours behind, and what others did last to what we had changed', () => {
    fc.assert(
      fc.property(nodes, policies, fc.array(fc.tuple(edits, fc.boolean())), (before, policy, steps) => {
        let node = mark(before, policy);
        const last = new Map<string, string | null>();
        for (const [edit, then] of steps) {
          node = apply(node, edit);
          if (edit.kind === 'label') last.set(edit.key, edit.to);
          if (then) node = mark(node, policy);
        }
        const after = restore(node);
        expect(markOf(after)).toBeNull();
        for (const [key, during] of Object.entries(policy.labelsDuring)) {
          const theirs = last.has(key) && last.get(key) !== during;
          expect(after.labels[key] ?? null).toBe(theirs ? last.get(key) : (before.labels[key] ?? null));
        }
        const wasThere = before.room.taints.some(each => each.key === policy.taint?.key);
        const putThere = steps.some(([edit]) => edit.kind === 'taint' && edit.taint.key === policy.taint?.key);
        if (!wasThere && !putThere) expect(after.room.taints.map(each => each.key)).not.toContain(policy.taint?.key);
        const cordoned = before.unschedulable || steps.some(([edit]) => edit.kind === 'cordon' && edit.to);
        if (!cordoned) expect(after.unschedulable).toBe(false);
      }),
    );
  });

  it('cordons again what somebody uncordoned, which is then ours to undo', () => {
    const before = nodeView('n', { unschedulable: true });
    const uncordoned = { ...mark(before, PLAIN_CORDON), unschedulable: false };
    expect(restore(mark(uncordoned, PLAIN_CORDON)).unschedulable).toBe(false);
  });

  it('with a taint alone, leaves the cordon of somebody who came meanwhile', () => {
    const policy = { ...PLAIN_CORDON, unschedulable: false, taint: TAINT };
    const node = mark(nodeView('n'), policy);
    expect(node).toMatchObject({ unschedulable: false, room: { taints: [TAINT] } });
    const cordoned = mark({ ...node, unschedulable: true }, policy, 2);
    expect(restore(cordoned)).toMatchObject({ unschedulable: true, room: { taints: [] } });
  });

  it('a taint of the same name and another value stays whose it is', () => {
    const theirs = { ...TAINT, value: 'disk' };
    const policy = { ...PLAIN_CORDON, unschedulable: false, taint: TAINT };
    const node = mark(tainted(nodeView('n'), theirs), policy);
    expect(node.room.taints).toEqual([theirs]);
    expect(isKeptOff(node, markOf(node) as WorkMark)).toBe(true);
    expect(isKeptOff(tainted(node), markOf(node) as WorkMark)).toBe(false);
    const replaced = tainted(mark(nodeView('n'), policy), theirs);
    expect(restore(replaced).room.taints).toEqual([theirs]);
  });

  it('sets the labels of an upgraded node only when told so', () => {
    const policy = { ...PLAIN_CORDON, labelsDuring: { a: 'away' } };
    const node = mark(nodeView('n', { labels: { b: '1' } }), policy);
    expect(node.labels).toEqual({ a: 'away', b: '1' });
    expect(restore(node).labels).toEqual({ b: '1' });
    expect(restore(node, { a: 'new', b: null }).labels).toEqual({ a: 'new' });
  });

  it.each([false, true])(
    'a mark that says no more than whether the node was cordoned before (%s) is undone',
    before => {
      const written = JSON.stringify({ ...US, cordonedBefore: before });
      const marked = nodeView('a', { unschedulable: true, annotations: { [WORK_ANNOTATION]: written } });
      const own = markOf(marked);
      expect(own && isKeptOff(marked, own)).toBe(true);
      expect(seen(restore(marked))).toEqual(seen(nodeView('a', { unschedulable: before })));
      const policy = { ...PLAIN_CORDON, taint: TAINT, labelsDuring: { b: '2' } };
      expect(seen(restore(mark(marked, policy, 2)))).toEqual(seen(nodeView('a', { unschedulable: before })));
    },
  );

  it('a mark whose parts cannot be read is nobody’s to act on', () => {
    const node = mark(nodeView('n'), { ...PLAIN_CORDON, taint: TAINT });
    for (const wrong of [{ taint: 'x' }, { taint: null }, { labels: null }, { labels: 3 }]) {
      const text = JSON.stringify({ ...markOf(node), ...wrong });
      expect(workMarkOf({ [WORK_ANNOTATION]: text })).toBe('unreadable');
    }
  });
});

describe('a pod that may come back', () => {
  const pod = (toleratesCordon: boolean, key: string | null) =>
    podView('p', 'n', {
      toleratesCordon,
      placement: {
        ...ANYWHERE,
        tolerations: key === null ? [] : [{ key, operator: 'Exists', value: '', effect: '' }],
      },
    });
  const marked = (policy: Partial<CordonPolicy>) =>
    markOf(mark(nodeView('n'), { ...PLAIN_CORDON, ...policy })) as WorkMark;

  it.each([
    ['a cordon', {}, false, true],
    ['a cordon and a taint', { taint: TAINT }, false, false],
    ['a cordon and a taint that is only preferred', { taint: { ...TAINT, effect: 'PreferNoSchedule' } }, false, true],
    ['a taint alone', { taint: TAINT, unschedulable: false }, true, false],
  ])('under %s', (_, policy, onlyTaint, onlyCordon) => {
    const own = marked(policy);
    expect(mayComeBack(pod(true, 'maintenance'), own)).toBe(true);
    expect(mayComeBack(pod(false, 'maintenance'), own)).toBe(onlyTaint);
    expect(mayComeBack(pod(true, 'gpu'), own)).toBe(onlyCordon);
    expect(mayComeBack(pod(false, null), own)).toBe(false);
  });
});
