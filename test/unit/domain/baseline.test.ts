import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  comparableGroup,
  mayComeTo,
  provenEntries,
  provenKey,
  readProven,
  unprovenOf,
  unprovenText,
} from '../../../shared/domain/baseline.ts';
import type { PackageChange } from '../../../shared/domain/proof.ts';

const proven = readProven(['libc6 2.36-9', 'tool 1.1', 'tool 1.2', 'kernel-core.x86_64 5.14.0-1.el9']);
const change = (name: string, before: string | null, after: string | null): PackageChange => ({ name, before, after });

describe('which versions no earlier stage proved', () => {
  it.each<[string, PackageChange, string[] | null]>([
    ['a version that was proved', change('tool', '1.0', '1.2'), null],
    ['a newer one', change('tool', '1.0', '1.3'), ['1.1', '1.2']],
    ['an older one', change('tool', '1.0', '1.0.1'), ['1.1', '1.2']],
    ['a package nobody has', change('other', '1.0', '1.1'), []],
    ['a new package that was proved', change('libc6:amd64', null, '2.36-9'), null],
    ['a new package that was not', change('fresh', null, '1'), []],
    ['a removal', change('tool', '1.0', null), null],
    ['with its architecture, which dpkg tells in some lists only', change('libc6:i386', '2.36-8', '2.36-9'), null],
    ['an epoch of 0', change('tool', '1.0', '0:1.1'), null],
    ['another epoch', change('tool', '1.0', '1:1.1'), ['1.1', '1.2']],
    ['a kernel beside an older one', change('kernel-core.x86_64', '5.13', '5.13, 5.14.0-1.el9'), null],
    ['what dpkg ends of an interrupted run', change('dpkg', 'interrupted', 'repaired'), null],
    ['what is only set up', change('half', 'not configured', '9'), null],
  ])('%s', (_, one, expected) => {
    const found = unprovenOf([one], proven);
    const missing = expected && [{ name: one.name, version: one.after, proven: expected }];
    expect(found).toEqual(missing ?? []);
  });

  it('tells of some, and how many more', () => {
    const found = unprovenOf([change('tool', '1', '3'), change('a', null, '1'), change('b', null, '1')], proven);
    expect(unprovenText(found, 2)).toBe('tool 3 (proved: 1.1, 1.2), a 1 (no earlier host has the package) and 1 more');
  });
});

describe('who is comparable', () => {
  it.each([
    [{ os: { id: 'debian', versionId: '12' }, arch: 'x86_64' }, 'debian 12 x86_64'],
    [{ os: { id: 'arch', versionId: '' } }, 'arch'],
  ])('%j: %s', (host, group) => expect(comparableGroup(host)).toBe(group));
});

const names = fc.constantFrom('a', 'b', 'c.noarch', 'd:amd64', 'lib-x+1');
const versions = fc.constantFrom('1', '1.2-3', '2:1', '0:5', '6~rc1');
const host = fc
  .dictionary(names, fc.uniqueArray(versions, { minLength: 1, maxLength: 2 }))
  .map(packages => new Map(Object.entries(packages).map(([name, list]) => [name, list.sort().join(', ')])));

describe('generated hosts', () => {
  it('what verified hosts have is proved, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(host, { maxLength: 4 }), host, (hosts, next) => {
        const entries = hosts.flatMap(provenEntries);
        const known = readProven(entries);
        const changes = [...next].map(([name, list]) => change(name, null, list));
        const keys = new Set(entries);
        const expected = [...next].flatMap(([name, list]) => list.split(', ').map(version => ({ name, version })));
        const missing = expected.filter(({ name, version }) => !keys.has(provenKey(name, version)));
        expect(unprovenOf(changes, known).map(({ name, version }) => ({ name, version }))).toEqual(missing);
      }),
    );
  });

  it('a change is proved exactly if it may come, or is there already', () => {
    fc.assert(
      fc.property(fc.array(host, { maxLength: 4 }), host, host, (hosts, now, next) => {
        const known = readProven(hosts.flatMap(provenEntries));
        const allowed = new Set([...mayComeTo(now, known), ...provenEntries(now)]);
        for (const [name, list] of next)
          for (const version of list.split(', ')) {
            const isProved = unprovenOf([change(name, null, version)], known).length === 0;
            const isThere = provenEntries(now).includes(provenKey(name, version));
            if (isProved || isThere) expect(allowed).toContain(provenKey(name, version));
            else expect(allowed).not.toContain(provenKey(name, version));
          }
      }),
    );
  });
});
