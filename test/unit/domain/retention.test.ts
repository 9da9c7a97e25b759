import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LEAST_KEPT_MS, overdueRollouts, type Retention } from '../../../shared/domain/retention.ts';

const NOW = 10_000 * LEAST_KEPT_MS;

const rollouts = fc.uniqueArray(
  fc.record({
    id: fc.string({ minLength: 1, maxLength: 4 }),
    state: fc.constantFrom('running', 'paused', 'stopping', 'aborting', 'done', 'aborted'),
    endedAtMs: fc.option(fc.integer({ min: 0, max: NOW }).map(ms => ms - (ms % 7))),
  }),
  { selector: each => each.id, maxLength: 30 },
);
const retention: fc.Arbitrary<Retention> = fc.record({
  keepRollouts: fc.integer({ min: 0, max: 6 }),
  keepMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: NOW })),
});

it('takes only what has ended long enough ago, is not needed, and is over one of the limits', () => {
  fc.assert(
    fc.property(rollouts, retention, fc.array(fc.string({ maxLength: 4 })), (all, keep, needed) => {
      const gone = overdueRollouts(all, keep, new Set(needed), NOW);
      const ended = all.filter(each => each.endedAtMs !== null && /^(done|aborted)$/.test(each.state));
      const endOf = (id: string): number => ended.find(each => each.id === id)?.endedAtMs ?? Number.NaN;
      for (const id of gone) {
        expect(NOW - endOf(id)).toBeGreaterThanOrEqual(LEAST_KEPT_MS);
        expect(needed).not.toContain(id);
        const younger = ended.filter(each => (each.endedAtMs ?? 0) >= endOf(id) && each.id !== id).length;
        const isMany = keep.keepRollouts > 0 && younger >= keep.keepRollouts;
        expect(isMany || (keep.keepMs > 0 && NOW - endOf(id) > keep.keepMs)).toBe(true);
      }
      expect(gone.map(endOf)).toEqual(gone.map(endOf).toSorted((a, b) => a - b));
      expect(new Set(gone).size).toBe(gone.length);
    }),
  );
});

it('leaves no more than the limits say, but for what is needed or has only just ended', () => {
  fc.assert(
    fc.property(rollouts, retention, (all, keep) => {
      const gone = new Set(overdueRollouts(all, keep, new Set(), NOW));
      const left = all
        .filter(({ id, state, endedAtMs }) => !gone.has(id) && endedAtMs !== null && /^(done|aborted)$/.test(state))
        .filter(({ endedAtMs }) => NOW - (endedAtMs ?? 0) >= LEAST_KEPT_MS);
      if (keep.keepRollouts > 0) expect(left.length).toBeLessThanOrEqual(keep.keepRollouts);
      if (keep.keepMs > 0)
        for (const each of left) expect(NOW - (each.endedAtMs ?? 0)).toBeLessThanOrEqual(keep.keepMs);
      if (keep.keepRollouts === 0 && keep.keepMs === 0) expect(gone.size).toBe(0);
    }),
  );
});
