import { expect, it } from 'vitest';
import type { WorldEntry } from '../../../services/simulator/world.ts';
import type { NodeReport } from '../../../shared/domain/report/report.ts';
import { reportOf } from '../../../shared/domain/report/report-of.ts';
import { WrittenJournal } from '../../helpers/journal.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { judgeReport } from '../../helpers/report-judge.ts';

const PLAN = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1'] }] } } });
const CHANGE = { name: 'curl', before: '1', after: '2' };

function world(): WorldEntry[] {
  const acts: readonly (readonly [WorldEntry['act'], number, object?])[] = [
    ['cordon', 12],
    ['evict', 13, { pod: 'shop/web' }],
    ['upgrade', 20],
    ['upgraded', 21, { changes: [CHANGE] }],
    ['reboot', 30],
    ['down', 31],
    ['up', 40, { kernel: '6.2' }],
    ['uncordon', 50],
  ];
  return acts.map(([act, ms, detail]) => {
    return { at: new Date(ms).toISOString(), cluster: 'a', node: 'n1', act, sequence: 1, detail: { ...detail } };
  });
}

function told(change: Partial<NodeReport> = {}, entries = world()): string[] {
  const report = reportOf(PLAN, 'r-1', new WrittenJournal().begun().events);
  const well: Partial<NodeReport> = {
    ...{ changes: [CHANGE], reboots: 1, evicted: ['shop/web'], kernelBefore: '6.1', kernelAfter: '6.2' },
    ...{ claimedAtMs: 10, endedAtMs: 51, cordonedMs: 39, downtimeMs: 10 },
  };
  return judgeReport({ ...report, nodes: report.nodes.map(node => ({ ...node, ...well, ...change })) }, entries);
}

it('has nothing against a report that says what was', () => expect(told()).toEqual([]));

it.each<[string, Partial<NodeReport>]>([
  ['another version', { changes: [{ ...CHANGE, after: '3' }] }],
  ['a package too many', { changes: [CHANGE, { ...CHANGE, name: 'vim' }] }],
  ['no reboot', { reboots: 0 }],
  ['another kernel', { kernelAfter: '6.3' }],
  ['a pod that stayed', { evicted: ['shop/web', 'shop/db'] }],
  ['a cordon that is too short', { cordonedMs: 37 }],
  ['a downtime that is too short', { downtimeMs: 8 }],
  ['a downtime that is longer than the node was away', { downtimeMs: 42 }],
  ['no downtime', { downtimeMs: null }],
  ['an end before it was uncordoned', { endedAtMs: 49 }],
])('hears of %s', (_, change) => expect(told(change)).toHaveLength(1));

it('misses a node that is not in the report', () => {
  const [first] = world();
  expect(told({}, [...world(), { ...(first as WorldEntry), node: 'n2' }])).toEqual(['a/n2 is missing']);
});
