import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareReleases, isStepForward } from '../../../shared/domain/kernel-release.ts';

describe('releases of kernels', () => {
  it.each([
    ['6.1.0-9-amd64', '6.1.0-10-amd64'],
    ['5.14.0-362.24.1.el9_3.x86_64', '5.14.0-427.el9.x86_64'],
    ['5.14.0-427.el9.x86_64', '5.14.0-427.13.1.el9_4.x86_64'],
    ['6.4.0-150600.21-default', '6.4.0-150600.23.7-default'],
    ['6.12.48+deb13-amd64', '6.12.57+deb13-amd64'],
    ['6.9.0-rc7', '6.9.0'],
    ['6.9.0~rc1-1-amd64', '6.9.0-1-amd64'],
    ['6.8', '6.8.1'],
    ['4c5e-0-rescue', '4c5e-5.14.0'],
  ])('%s comes before %s', (earlier, later) => {
    expect(compareReleases(earlier, later)).toBeLessThan(0);
    expect(compareReleases(later, earlier)).toBeGreaterThan(0);
  });

  it('the same version of another flavour is a step, the same release is none', () => {
    expect(isStepForward('6.1.0-9-amd64', '6.1.0-9-amd64')).toBe(false);
    expect(isStepForward('6.8.0-45-generic', '6.8.0-45-lowlatency')).toBe(true);
    expect(isStepForward('6.8.0-45-lowlatency', '6.8.0-45-generic')).toBe(true);
    expect(isStepForward('6.8.0-45-generic', '6.8.0-44-lowlatency')).toBe(false);
    expect(isStepForward('5.14.0-427.el9.x86_64', '5.14.0-362.24.1.el9_3.x86_64')).toBe(false);
  });

  it('are in one order, whatever they are', () => {
    const release = fc
      .array(fc.constantFrom('6', '10', '2', '.', '-', 'rc', '~', 'el', 'amd', '+'), { maxLength: 8 })
      .map(each => each.join(''));
    fc.assert(
      fc.property(release, release, release, (a, b, c) => {
        expect(Math.sign(compareReleases(a, b))).toBe(-Math.sign(compareReleases(b, a)) + 0);
        if (compareReleases(a, b) <= 0 && compareReleases(b, c) <= 0)
          expect(compareReleases(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});
