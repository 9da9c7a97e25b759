import { describe, expect, it } from 'vitest';
import { changeText, countsText, openOf, sameChanges, totalsOf } from '../../../services/ui/src/view/report.ts';
import { NODE_STATES } from '../../../shared/domain/events.ts';
import type { NodeReport, RolloutReport } from '../../../shared/domain/report/report.ts';

const CURL = { name: 'curl', before: '1', after: '2' };
const KERNEL = { name: 'linux', before: null, after: '6.1' };

function node(name: string, of: Partial<NodeReport> = {}): NodeReport {
  const nothing = { changes: [], left: [], evicted: [], deleted: [], warnings: [], reboots: 0, downtimeMs: null };
  return { cluster: 'a', node: name, ...nothing, reason: '', todo: '', leftAs: '', ...of } as unknown as NodeReport;
}
function report(...nodes: NodeReport[]): RolloutReport {
  const counts = Object.fromEntries(NODE_STATES.map(state => [state, 0]));
  return { nodes, counts: { ...counts, done: nodes.length } } as unknown as RolloutReport;
}

describe('a report', () => {
  it('adds up', () => {
    const down = node('n2', { changes: [CURL], reboots: 2, evicted: ['x/a', 'x/b'], downtimeMs: 5_000 });
    const some = report(node('n1'), down, node('n3', { reboots: 1, evicted: ['x/c'], downtimeMs: 4_000 }));
    expect(totalsOf(some)).toEqual({ changed: 1, reboots: 3, evicted: 3, longestDown: down });
    expect(totalsOf(report(node('n1'))).longestDown).toBeNull();
  });

  it('counts states, those there are', () => {
    const { nodes, counts } = report(node('n1'), node('n2'));
    expect(countsText({ nodes, counts })).toBe('2 of 2 done');
    expect(countsText({ nodes, counts: { ...counts, done: 1, skipped: 1 } })).toBe('1 of 2 done, 1 skipped');
  });

  it.each([
    ['a', 'b', 'a → b'],
    ['a', 'a', 'a'],
    ['a', null, 'a'],
    [null, 'b', 'b'],
    [null, null, ''],
  ])('from %s to %s is %j', (before, after, text) => {
    expect(changeText(before, after)).toBe(text);
  });

  it('lists nodes with something left to do, or passed over', () => {
    const open = [node('n1', { todo: 'look' }), node('n2', { warnings: ['odd'] }), node('n3', { reason: 'skipped' })];
    expect(openOf(report(node('n0'), ...open))).toEqual(open);
  });

  it('puts nodes with the same changes together, most first', () => {
    const one = node('n1', { changes: [CURL] });
    const others = [node('n2', { changes: [CURL, KERNEL] }), node('n3', { changes: [CURL, KERNEL] })];
    expect(sameChanges(report(node('n0'), one, ...others))).toEqual([others, [one]]);
  });
});
