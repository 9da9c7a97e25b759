import { describe, expect, it } from 'vitest';
import { quantity } from '../../../shared/kubernetes/quantity.ts';

describe('quantity', () => {
  it.each([
    ['100m', 0.1],
    ['2', 2],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['128974848', 128_974_848],
    ['129e6', 129_000_000],
    ['129M', 129_000_000],
    ['1E', 1e18],
    ['.5', 0.5],
    ['500u', 0.0005],
    [7, 7],
    [undefined, 0],
    ['much', 0],
  ])('%s', (text, wanted) => {
    expect(quantity(text)).toBeCloseTo(wanted, 9);
  });
});
