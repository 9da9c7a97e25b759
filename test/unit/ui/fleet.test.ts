import { describe, expect, it } from 'vitest';
import { byNeed, clusterCondition, dueText, fleetCondition, fleetTotals } from '../../../services/ui/src/view/fleet.ts';
import { concerns, countForPerson } from '../../../services/ui/src/view/needs.ts';
import type { ClusterOverview, Overview } from '../../../shared/domain/view/overview.ts';
import { AWAY, cluster, DUE, NOTHING_DUE, overview, rollout, waits } from './overviews.ts';

const failed = waits({ kind: 'failed', cluster: 'a', node: 'n1' });
const blocked = waits({ kind: 'blocked', cluster: 'a', wave: 0 });
const SOME_DUE = { ...DUE, unreachable: 0 };
const going = { rollout: 'r-1' };

describe('a cluster', () => {
  const cases: [what: string, ClusterOverview, Overview['waiting'], need: string, text: string][] = [
    ['a person comes first', cluster({ ...going, away: [AWAY] }), [blocked, failed], 'person', 'Waits for you'],
    ['then what the world holds up', cluster({ ...going, away: [AWAY] }), [blocked], 'blocked', 'Held up'],
    ['then nodes that are away', cluster({ ...going, away: [AWAY], due: DUE }), [], 'away', '1 of 2 away'],
    ['then a rollout', cluster({ ...going, due: DUE }), [], 'rolling', 'Rollout under way'],
    ['then what is due', cluster({ due: DUE }), [], 'due', 'Updates for 3 of 8'],
    ['reboots alone are due too', cluster({ due: { ...DUE, updates: 0 } }), [], 'due', 'Something is due'],
    ['hosts that nobody asked are not well', cluster({ due: null }), [], 'unknown', 'Not asked yet'],
    ['nothing is due', cluster({ due: NOTHING_DUE }), [], 'well', 'All is well'],
    ['another rollout is none of its business', cluster({ due: NOTHING_DUE }), [failed], 'well', 'All is well'],
  ];
  it.each(cases)('%s', (_, of, waiting, need, text) => {
    expect(clusterCondition(of, waiting)).toMatchObject({ need, text });
  });

  it('says what waits, and how much more', () => {
    const more = waits({ kind: 'held', cluster: 'a', node: 'n2' });
    expect(clusterCondition(cluster(going), [failed]).more).toBe(failed.title);
    expect(clusterCondition(cluster(going), [failed, more]).more).toBe(`${failed.title}, and 1 more`);
  });
});

describe('what concerns a cluster', () => {
  const a = cluster({ ...going, stage: 'one' });
  const cases: [what: string, Overview['waiting'][number], boolean][] = [
    ['its node', failed, true],
    ['the node of another', waits({ kind: 'failed', cluster: 'b', node: 'n1' }), false],
    ['approval of its stage', waits({ kind: 'approval', place: { of: 'stage', stage: 'one' } }), true],
    ['approval of another stage', waits({ kind: 'approval', place: { of: 'stage', stage: 'two' } }), false],
    ['approval of its wave', waits({ kind: 'approval', place: { of: 'wave', cluster: 'a', wave: 1 } }), true],
    ['a pause of its rollout', waits({ kind: 'paused' }), true],
    ['a pause of another', { ...waits({ kind: 'paused' }), rollout: 'r-2' }, false],
  ];
  it.each(cases)('%s', (_, item, expected) => {
    expect(concerns(item, a)).toBe(expected);
  });
});

describe('the fleet', () => {
  const cases: [what: string, Partial<Overview>, need: string, text: string][] = [
    ['counts what waits for a person', { waiting: [failed, blocked] }, 'person', '1 thing waits for you'],
    ['in the plural', { waiting: [failed, failed] }, 'person', '2 things wait for you'],
    ['then what is held up', { waiting: [blocked] }, 'blocked', '1 thing held up'],
    ['then away', { clusters: [cluster({ away: [AWAY] })] }, 'away', '1 node away, all goes well'],
    ['then a rollout', { rollouts: [rollout({ state: 'running' })] }, 'rolling', 'A rollout is under way'],
    ['one that is over is none', { rollouts: [rollout({ state: 'aborted' })] }, 'well', 'All is well'],
    ['what is due is no trouble', { clusters: [cluster({ due: SOME_DUE })] }, 'due', 'All is well'],
    ['hosts that did not answer are not well', { clusters: [cluster({ due: DUE })] }, 'due', 'Not all hosts answered'],
    ['nobody was asked', { clusters: [cluster({ due: null })] }, 'unknown', 'Not asked yet'],
    ['not all were', { clusters: [cluster(), cluster({ due: null })] }, 'unknown', '1 cluster not asked what is due'],
    ['all were, and nothing is due', {}, 'well', 'All is well'],
    ['nothing is known', { clusters: [] }, 'unknown', 'No cluster is known yet'],
  ];
  it.each(cases)('%s', (_, of, need, text) => {
    expect(fleetCondition(overview(of))).toMatchObject({ need, text });
  });

  it('shows the cluster first that needs most, others as they were', () => {
    const clusters = [
      cluster({ name: 'well' }),
      cluster({ name: 'due', due: DUE }),
      cluster({ name: 'a', rollout: 'r-1' }),
      cluster({ name: 'also-well' }),
    ];
    const names = byNeed(overview({ clusters, waiting: [failed] })).map(([{ name }]) => name);
    expect(names).toEqual(['a', 'due', 'well', 'also-well']);
  });

  it('adds up', () => {
    const clusters = [cluster({ due: DUE, away: [AWAY] }), cluster({ due: null }), cluster({ due: DUE })];
    expect(fleetTotals(clusters)).toEqual({ nodes: 24, away: 1, updates: 6, reboots: 4, unreachable: 2, unasked: 1 });
  });

  it.each([
    [{ updates: 0, reboots: 0, unreachable: 0 }, ''],
    [{ updates: 1, reboots: 1, unreachable: 1 }, '1 host with updates, 1 reboot due, 1 host did not answer'],
    [{ updates: 2, reboots: 0, unreachable: 0 }, '2 hosts with updates'],
  ])('says what is due: %j', (due, text) => {
    expect(dueText(due)).toBe(text);
  });

  it('counts for the title only what waits for a person', () => {
    expect(countForPerson(null)).toBe(0);
    expect(countForPerson(overview({ waiting: [failed, blocked, waits({ kind: 'paused' })] }))).toBe(2);
  });
});
