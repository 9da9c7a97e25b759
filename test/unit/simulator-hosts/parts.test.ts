import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDate } from '../../../services/simulator/hosts/commands/system.ts';
import { PackageSet, releaseOf } from '../../../services/simulator/hosts/packages.ts';
import { bytesOf, programOf } from '../../../services/simulator/hosts/processes.ts';
import { hostSpec } from '../../../services/simulator/hosts/spec.ts';
import { compareVersions } from '../../../services/simulator/hosts/versions.ts';

describe('versions of packages', () => {
  // Oldest first, in the order of deb-version(7).
  const ORDER = ['1.0~rc1', '1.0', '1.0-1~deb12u1', '1.0-1', '1.0-1+b1', '1.0-2', '1.0-10', '1.2', '1:0.1'];
  it.each(ORDER.slice(1).map((newer, at) => [ORDER[at] ?? '', newer]))('%s is older than %s', (older, newer) => {
    expect(compareVersions(older, newer)).toBeLessThan(0);
    expect(compareVersions(newer, older)).toBeGreaterThan(0);
    expect(compareVersions(newer, newer)).toBe(0);
  });
});

describe('the package database', () => {
  const spec = hostSpec({
    cluster: 'c',
    name: 'n',
    upgrades: [{ name: 'openssl', from: '3.0.14', to: '3.0.15' }],
  });

  it('installs a new kernel beside the old one with dist-upgrade, and keeps it back with upgrade', () => {
    const packages = new PackageSet(spec);
    expect(packages.pending(true)).toEqual({
      acts: [
        { name: 'linux-image-6.1.0-28-amd64', before: null, after: '6.1.28-1' },
        { name: 'linux-image-amd64', before: '6.1.27-1', after: '6.1.28-1' },
        { name: 'openssl', before: '3.0.14', after: '3.0.15' },
      ],
      keptBack: [],
    });
    expect(packages.pending(false)).toEqual({
      acts: [{ name: 'openssl', before: '3.0.14', after: '3.0.15' }],
      keptBack: ['linux-image-amd64'],
    });
  });

  it('has nothing to do once everything is applied', () => {
    const packages = new PackageSet(spec);
    for (const act of packages.pending(true).acts) packages.apply(act);
    expect(packages.pending(true).acts).toEqual([]);
    expect(packages.installed.get('linux-image-6.1.0-27-amd64')).toBe('6.1.27-1');
  });

  it('knows the kernel a package holds', () => {
    expect(releaseOf('linux-image-6.1.0-28-amd64')).toBe('6.1.0-28-amd64');
    expect(releaseOf('linux-image-amd64')).toBeNull();
  });
});

describe('bytes of a shell’s output', () => {
  it('gives lines as UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '\n', 'ü', 'ß', '€', '日', '😀') }), text => {
        expect(bytesOf(`${text}\n`)).toEqual(Buffer.from(`${text}\n`));
      }),
    );
  });

  it('gives a cut-off begin of a character as it was', () => {
    expect(bytesOf(Buffer.from('Größe\n').subarray(0, 3).toString('latin1'))).toEqual(Buffer.from([0x47, 0x72, 0xc3]));
  });
});

it('formats dates as date(1) does', () => {
  const at = Date.UTC(2026, 6, 3, 9, 8, 7, 65);
  expect(formatDate('%s%3N %F %T %H:%M:%S%z', at)).toBe('1783069687065 2026-07-03 09:08:07 09:08:07+0000');
  expect(formatDate('%s.%N', at)).toBe('1783069687.065000000');
});

it('names the program of a command line', () => {
  expect(programOf('sudo /usr/bin/apt-get update')).toBe('apt-get');
  expect(programOf("'sh' -c x")).toBe('sh');
});
