import { describe, expect, it } from 'vitest';
import { countsOf, sumOf } from '../../../../services/ui/src/lib/counts.ts';
import { countOf, FILTERS, isOpen, matches } from '../../../../services/ui/src/pages/rollout/model/filter.ts';
import { reasonsOf } from '../../../../services/ui/src/pages/rollout/model/reasons.ts';
import { away, cell } from './cell.ts';

const NODES = {
  pending: cell(),
  held: cell({ reason: 'gone' }),
  away: away('drain'),
  waiting: away('drain', { reason: 'a budget' }),
  failed: away('drain', { state: 'failed', reason: 'broken' }),
  recovering: cell({ state: 'done', away: true }),
  done: cell({ state: 'done', node: 'db-2', cluster: 'prod' }),
  skipped: cell({ state: 'skipped' }),
};
const ALL = Object.values(NODES);

describe('which nodes are shown', () => {
  it.each([
    ['all', Object.keys(NODES)],
    ['away', ['away', 'waiting']],
    ['failed', ['failed']],
    ['waiting', ['held', 'waiting']],
    ['pending', ['pending', 'held']],
    ['done', ['recovering', 'done']],
    ['left-out', ['skipped']],
  ] as const)('%s', (name, expected) => {
    const found = Object.entries(NODES).filter(([, each]) => matches(each, { name, search: '' }));
    expect(found.map(([key]) => key)).toEqual(expected);
  });

  it('a filter counts what it shows', () => {
    const counts = countsOf(ALL);
    for (const name of FILTERS) {
      expect([name, countOf(counts, name)]).toEqual([
        name,
        ALL.filter(each => matches(each, { name, search: '' })).length,
      ]);
    }
    expect(counts.slots).toBe(4);
    expect(sumOf([counts, counts]).total).toBe(2 * ALL.length);
  });

  it.each([
    ['part of the name', 'db', 1],
    ['of the cluster, in any case', 'PROD', 1],
    ['both', 'prod 2', 1],
    ['not both', 'dev 2', 0],
    ['nothing', '  ', 8],
  ])('search: %s', (_name, search, count) => {
    expect(ALL.filter(each => matches(each, { name: 'all', search }))).toHaveLength(count);
    expect(isOpen({ name: 'all', search })).toBe(search.trim() === '');
  });
});

describe('what slots wait for', () => {
  it('the same reason once, with the longest wait; the oldest first', () => {
    const wait = (reason: string, sinceMs: number) => ({ slot: '', sinceMs, reasons: [reason] });
    expect(reasonsOf([wait('a', 5), wait('b', 3), wait('a', 1)])).toEqual([
      { reason: 'a', slots: 2, sinceMs: 1 },
      { reason: 'b', slots: 1, sinceMs: 3 },
    ]);
  });
});
