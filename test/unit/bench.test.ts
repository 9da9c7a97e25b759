import { describe, expect, it } from 'vitest';
import { quantile, table } from '../helpers/bench.ts';

describe('the bench harness', () => {
  it('aligns names, values and goals', () => {
    const figures = [
      { name: 'chains', value: 123.456, unit: '1/s' },
      { name: 'ratio per step', value: 1.5, unit: '', goal: 'at most 2' },
    ];
    expect(table(figures)).toBe('chains          123 1/s\nratio per step  1.50     at most 2');
  });

  it('takes quantiles from unsorted samples', () => {
    const samples = [5, 1, 4, 2, 3];
    expect(quantile(samples, 0.5)).toBe(3);
    expect(quantile(samples, 0.99)).toBe(5);
    expect(quantile([], 0.5)).toBeNaN();
  });
});
