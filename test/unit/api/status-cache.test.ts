import { describe, expect, it } from 'vitest';
import { StatusCache } from '../../../services/api/v1/status-cache.ts';
import { foldStatus } from '../../../shared/domain/fold.ts';
import { WrittenJournal } from '../../helpers/journal.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { WrittenRollouts } from '../../helpers/written-rollouts.ts';

const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2'] }] } } });
const { events } = new WrittenJournal().begun().whole('n1', 's1').whole('n2', 's1');

describe('the status that is kept', () => {
  it('is that of the whole journal, wherever it was looked at in between', async () => {
    const rollouts = new WrittenRollouts(plan);
    const cache = new StatusCache(rollouts);
    for (let upTo = 0; upTo <= events.length; upTo += 1) {
      rollouts.journal = events.slice(0, upTo);
      expect(await cache.status('r-1')).toEqual(foldStatus(plan, 'r-1', rollouts.journal));
    }
  });

  it('reads what is new, and the last one again', async () => {
    const rollouts = new WrittenRollouts(plan, events);
    const cache = new StatusCache(rollouts);
    await cache.status('r-1');
    expect(rollouts.read).toBe(events.length);
    await cache.status('r-1');
    expect(rollouts.read).toBe(events.length + 1);
  });

  it('takes each event in once, however many look at the same time', async () => {
    const rollouts = new WrittenRollouts(plan, events.slice(0, 8));
    const cache = new StatusCache(rollouts);
    await cache.status('r-1');
    rollouts.journal = events;
    rollouts.read = 0;
    const looks = await Promise.all(Array.from({ length: 10 }, () => cache.status('r-1')));
    for (const look of looks) expect(look).toEqual(foldStatus(plan, 'r-1', events));
    // All that is new and the one before, then only the last one again.
    expect(rollouts.read).toBe(events.length - 8 + 1 + 9);
  });

  it('begins anew when an older journal was put back', async () => {
    const rollouts = new WrittenRollouts(plan, events);
    const cache = new StatusCache(rollouts);
    await cache.status('r-1');
    rollouts.journal = events.slice(0, 8);
    expect(await cache.status('r-1')).toEqual(foldStatus(plan, 'r-1', rollouts.journal));
  });

  it('is asked again after a look that failed', async () => {
    const rollouts = new WrittenRollouts(plan, events);
    const cache = new StatusCache(rollouts);
    const { events: read } = rollouts;
    rollouts.events = () => Promise.reject(new Error('Redis is gone'));
    await expect(cache.status('r-1')).rejects.toThrow('Redis is gone');
    rollouts.events = read;
    expect(await cache.status('r-1')).toEqual(foldStatus(plan, 'r-1', events));
  });

  it('is null for a rollout there is none of', async () => {
    expect(await new StatusCache(new WrittenRollouts(plan)).status('r-2')).toBeNull();
  });
});
