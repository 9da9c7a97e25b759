import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../shared/domain/backoff.ts';

const limits = { timeoutMs: 1, attempts: 9, backoffMs: 100, backoffMaxMs: 1_000 };

describe('the delay before the next attempt', () => {
  it.each([
    [1, 0.5, 0, 100],
    [2, 0.5, 0, 200],
    [4, 0.5, 0, 800],
    [5, 0.5, 0, 1_000],
    [60, 0.5, 0, 1_000],
    [1, 0, 0, 75],
    [1, 0.999_999, 0, 125],
    [5, 0.999_999, 0, 1_250],
    [1, 0.5, 5_000, 5_000],
    [5, 0.5, 5, 1_000],
  ])('attempt %i, dice %d, asked for %i ms: %i ms', (attempt, random, retryAfterMs, wanted) => {
    expect(backoffMs(limits, attempt, random, retryAfterMs)).toBe(wanted);
  });

  it('stays within a quarter of the doubled delay and its cap, and never below what was asked for', () => {
    const anyLimits = fc.record({
      backoffMs: fc.integer({ min: 1, max: 1e6 }),
      backoffMaxMs: fc.integer({ min: 1, max: 1e7 }),
    });
    const dice = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        anyLimits,
        fc.integer({ min: 1, max: 200 }),
        dice,
        fc.nat({ max: 1e7 }),
        (some, attempt, random, asked) => {
          const delay = backoffMs({ ...limits, ...some }, attempt, random, asked);
          const plain = Math.min(some.backoffMaxMs, some.backoffMs * 2 ** (attempt - 1));
          expect(Number.isSafeInteger(delay)).toBe(true);
          expect(delay).toBeGreaterThanOrEqual(asked);
          if (delay > asked) {
            expect(delay).toBeGreaterThanOrEqual(Math.floor(plain * 0.75));
            expect(delay).toBeLessThanOrEqual(Math.ceil(plain * 1.25));
          }
        },
      ),
    );
  });
});
