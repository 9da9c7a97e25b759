import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closest, compareNatural } from '../../../shared/domain/text.ts';

const anyName = fc.string({ unit: fc.constantFrom('a', 'b', '-', '0', '1', '9'), maxLength: 6 });

describe('comparing names', () => {
  it('counts as people do', () => {
    const names = ['n-10', 'n-9', 'n', 'm-1', 'n-09', 'n-1-b', 'n-1-a'];
    expect(names.toSorted(compareNatural)).toEqual(['m-1', 'n', 'n-1-a', 'n-1-b', 'n-09', 'n-9', 'n-10']);
  });

  it('is a total order', () => {
    fc.assert(
      fc.property(anyName, anyName, anyName, (a, b, c) => {
        expect(Math.sign(compareNatural(a, b))).toBe(-Math.sign(compareNatural(b, a)) || 0);
        expect(compareNatural(a, b) === 0).toBe(a === b);
        if (compareNatural(a, b) <= 0 && compareNatural(b, c) <= 0) expect(compareNatural(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('what a word stood for', () => {
  it.each([
    ['wavs', 'waves'],
    ['pord', 'prod'],
    ['PROD', 'prod'],
    ['staging', undefined],
    ['x', undefined],
  ])('%s: %s', (word, expected) => {
    expect(closest(word, ['waves', 'prod', 'policy'])).toBe(expected);
  });
});
