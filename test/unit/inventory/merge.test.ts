import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostRecord, SourceRecords } from '../../../shared/domain/inventory.ts';
import { mergeSources } from '../../../shared/inventory/merge.ts';

const source = (name: string, hosts: readonly HostRecord[], overrides = false): SourceRecords => ({
  source: name,
  overrides,
  hosts,
  leftOut: [],
  problems: [],
});

const anyRecord = fc.record(
  {
    name: fc.constantFrom('a-1', 'a-2', 'a-10'),
    address: fc.constantFrom('x', 'y'),
    sequence: fc.integer({ min: 1, max: 2 }),
    roles: fc.subarray(['r', 's']),
  },
  { requiredKeys: ['name'] },
);
const anySource = (name: string) =>
  fc.uniqueArray(anyRecord, { selector: record => record.name }).map(hosts => source(name, hosts));

describe('merging sources', () => {
  it('takes each field from whoever says it, and all roles', () => {
    const merged = mergeSources('dev', [
      source('one', [{ name: 'a', address: 'x', roles: ['s'] }]),
      source('two', [{ name: 'a', sequence: 3, roles: ['r', 's'], port: 23, profile: 'p' }]),
    ]);
    const host = { name: 'a', address: 'x', port: 23, sequence: 3, roles: ['r', 's'], profile: 'p', kubernetes: true };
    expect(merged).toEqual({ hosts: [{ ...host, sources: ['one', 'two'] }], problems: [] });
  });

  it('names a host that one source lists twice', () => {
    const { problems } = mergeSources('dev', [source('one', [{ name: 'a' }, { name: 'a', sequence: 1 }])]);
    expect(problems).toEqual([
      { code: 'duplicate-host', cluster: 'dev', node: 'a', message: 'one lists host a twice' },
    ]);
  });

  it('lets a source that overrides win', () => {
    const sources = [source('one', [{ name: 'a', sequence: 1 }]), source('two', [{ name: 'a', sequence: 2 }], true)];
    expect(mergeSources('dev', sources)).toMatchObject({ hosts: [{ sequence: 2 }], problems: [] });
    expect(mergeSources('dev', sources.toReversed())).toMatchObject({
      hosts: [{ sequence: 2 }],
      problems: [{ code: 'inventory-conflict' }],
    });
  });

  it('has each host once, sorted as people count, and a conflict exactly where two sources differ', () =>
    fc.assert(
      fc.property(anySource('one'), anySource('two'), (one, two) => {
        const { hosts, problems } = mergeSources('dev', [one, two]);
        const names = new Set([...one.hosts, ...two.hosts].map(host => host.name));
        expect(hosts.map(host => host.name)).toEqual(['a-1', 'a-2', 'a-10'].filter(name => names.has(name)));
        const conflicts = one.hosts.flatMap(left => {
          const right = two.hosts.find(host => host.name === left.name);
          const differs = (field: 'address' | 'sequence') =>
            left[field] !== undefined && right?.[field] !== undefined && left[field] !== right[field];
          return (['address', 'sequence'] as const).filter(differs).map(field => `${left.name} ${field}`);
        });
        expect(problems.map(each => `${each.node} ${each.message.split(' ')[0]}`).toSorted()).toEqual(
          conflicts.toSorted(),
        );
      }),
    ));

  it('gives the same hosts in whatever order hosts and agreeing sources come', () =>
    fc.assert(
      fc.property(anySource('one'), anySource('two'), (one, two) => {
        const forth = mergeSources('dev', [one, two]);
        if (forth.problems.length > 0) return;
        const turned = (each: SourceRecords) => ({ ...each, hosts: each.hosts.toReversed() });
        const back = mergeSources('dev', [turned(two), turned(one)]);
        const bare = (hosts: typeof forth.hosts) => hosts.map(host => ({ ...host, sources: host.sources.toSorted() }));
        expect(bare(back.hosts)).toEqual(bare(forth.hosts));
      }),
    ));
});
