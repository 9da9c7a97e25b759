import { describe, expect, it } from 'vitest';
import { clustersOf, filterRollouts, merged } from '../../../services/ui/src/view/history.ts';
import { byNumber, hostsByNeed, matching } from '../../../services/ui/src/view/hosts.ts';
import { spread } from '../../../services/ui/src/view/kernels.ts';
import { titleOf, titleText } from '../../../services/ui/src/view/title.ts';
import { grouped, keyOf, placeOf } from '../../../services/ui/src/view/waiting.ts';
import { days } from '../../../services/ui/src/view/words.ts';
import type { NodeDue } from '../../../shared/domain/survey/survey.ts';
import { named } from '../../../shared/domain/text.ts';
import { rollout, waits } from './overviews.ts';

function host(node: string, of: Partial<NodeDue> = {}): NodeDue {
  const known = { failure: '', updates: 0, rebootDue: false, rebootReason: '', runningKernel: '6.1.0-25' };
  const times = { atMs: 0, newestKernel: '6.1.0-25', bootedAtMs: 0, patchedAtMs: null };
  return { cluster: 'a', node, wave: 0, ...known, ...times, ...of };
}

describe('the history', () => {
  const all = [
    rollout({ id: 'r-3', state: 'running', createdAtMs: 3, clusters: ['b'] }),
    rollout({ id: 'r-2', state: 'aborted', createdAtMs: 2, nodes: { total: 8, done: 2, failed: 1 } }),
    rollout({ id: 'r-1', state: 'done', createdAtMs: 1, by: 'schedule nightly' }),
  ];
  const none = { state: '', cluster: '', text: '' };
  it.each([
    ['everything', none, ['r-3', 'r-2', 'r-1']],
    ['what is under way', { ...none, state: 'going' }, ['r-3']],
    ['a state', { ...none, state: 'done' }, ['r-1']],
    ['failed nodes', { ...none, state: 'failed' }, ['r-2']],
    ['a cluster', { ...none, cluster: 'b' }, ['r-3']],
    ['who made it, however it is written', { ...none, text: ' Nightly ' }, ['r-1']],
    ['all of them together', { state: 'aborted', cluster: 'a', text: 'r-3' }, []],
  ])('can be narrowed to %s', (_, filter, ids) => {
    expect(filterRollouts(all, filter).map(({ id }) => id)).toEqual(ids);
  });

  it('takes in what is newer, and keeps the newest first', () => {
    const [, , first] = all;
    const newer = [rollout({ id: 'r-4', createdAtMs: 4 }), rollout({ id: 'r-3', state: 'done', createdAtMs: 3 })];
    const list = merged(all, newer);
    expect(list.map(({ id, state }) => `${id} ${state}`)).toEqual(['r-4 done', 'r-3 done', 'r-2 aborted', 'r-1 done']);
    expect(list.at(-1)).toBe(first);
  });

  it('knows the clusters there are', () => {
    expect(clustersOf(all)).toEqual(['a', 'b']);
  });
});

describe('hosts', () => {
  it('come by what they need', () => {
    const hosts = [
      host('idle'),
      host('few', { updates: 2 }),
      host('reboot', { rebootDue: true }),
      host('many', { updates: 50 }),
      host('lost', { failure: 'no answer', updates: null, rebootDue: null }),
      host('both', { rebootDue: true, updates: 3 }),
    ];
    expect(hostsByNeed(hosts).map(({ node }) => node)).toEqual(['lost', 'both', 'reboot', 'many', 'few', 'idle']);
  });

  it.each([
    ['', ['web-1', 'db-1']],
    ['WEB', ['web-1']],
    ['6.1.0-23', ['db-1']],
    ['x', []],
  ])('match %j', (text, names) => {
    const hosts = [host('web-1'), host('db-1', { runningKernel: '6.1.0-23' })];
    expect(matching(hosts, text).map(({ node }) => node)).toEqual(names);
  });

  it('have what is not known last', () => {
    const sorted = [3, null, 1, null, 2].toSorted(byNumber(value => value));
    expect(sorted).toEqual([1, 2, 3, null, null]);
  });
});

describe('kernels', () => {
  const kernels = (...counts: number[]) => counts.map((nodes, index) => ({ release: `k${index}`, nodes }));
  it('are named up to the third, the others together', () => {
    expect(spread(kernels(5, 4, 3, 2, 1)).map(({ name, value, tone }) => [name, value, tone])).toEqual([
      ['k0', 5, 'first'],
      ['k1', 4, 'second'],
      ['k2', 3, 'third'],
      ['2 others', 3, 'other'],
    ]);
  });

  it('have no others where there are none', () => {
    expect(spread(kernels(5, 4, 3))).toHaveLength(3);
    expect(spread([])).toEqual([]);
  });
});

describe('what waits', () => {
  const failed = waits({ kind: 'failed', cluster: 'a', node: 'n 1' });
  const wave = waits({ kind: 'blocked', cluster: 'a', wave: 1 });
  it('is grouped by whom it waits for', () => {
    const approval = waits({ kind: 'approval', place: { of: 'cluster', cluster: 'a' } });
    const step = waits({ kind: 'blocked-step', cluster: 'a', node: 'n2' });
    expect(grouped([wave, failed, step, approval])).toEqual({ person: [failed, approval], world: [wave, step] });
  });

  it('has a name of its own each', () => {
    const items = [
      failed,
      wave,
      waits({ kind: 'blocked', cluster: 'a', wave: 2 }),
      waits({ kind: 'approval', place: { of: 'wave', cluster: 'a', wave: 1 } }),
      waits({ kind: 'approval', place: { of: 'canary', cluster: 'a', wave: 1 } }),
      { ...failed, rollout: 'r-2' },
    ];
    expect(new Set(items.map(keyOf)).size).toBe(items.length);
  });

  it('leads to the node, or to the rollout', () => {
    expect(placeOf(failed)).toEqual({ path: '/rollouts/r-1/nodes/a/n%201', name: 'a/n 1' });
    expect(placeOf(wave)).toEqual({ path: '/rollouts/r-1', name: 'r-1' });
  });
});

describe('words', () => {
  it.each([
    [0, '0s'],
    [-5, '0s'],
    [3_600_000, '1h00m'],
    [86_400_000, '1 day'],
    [64 * 86_400_000 + 1, '64 days'],
  ])('%i ms are %s', (ms, text) => {
    expect(days(ms)).toBe(text);
  });

  it.each([
    [['a', 'b'], 'a, b'],
    [['a', 'b', 'c'], 'a, b, c'],
    [['a', 'b', 'c', 'd'], 'a, b and 2 more'],
  ])('%j are named %s', (names, text) => {
    expect(named(names, 2)).toBe(text);
  });
});

describe('the title of the browser', () => {
  it.each([
    ['/', ''],
    ['/rollouts', ''],
    ['/rollouts/r-1', 'Rollout r-1'],
    ['/rollouts/r-1/timeline', 'Timeline of r-1'],
    ['/rollouts/r-1/nodes/dev/web%2D1', 'dev/web-1'],
    ['/rollouts/r-1/report', ''],
    ['/rollouts/100%', 'Rollout 100%'],
  ])('of %s is %j until the page says more', (path, title) => {
    expect(titleOf(path)).toBe(title);
  });

  it.each([
    ['', 0, 'nodetide'],
    ['Fleet', 0, 'Fleet · nodetide'],
    ['Fleet', 2, '(2) Fleet · nodetide'],
  ])('of page %j with %i waiting is %s', (page, waiting, text) => {
    expect(titleText(page, waiting)).toBe(text);
  });
});
