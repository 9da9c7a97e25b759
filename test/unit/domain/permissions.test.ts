import { describe, expect, it } from 'vitest';
import { NEEDED_RIGHTS, neededPermissions, type RightsPolicy } from '../../../shared/domain/permissions.ts';
import type { UserCheck } from '../../../shared/domain/user-check.ts';

const PLAIN: RightsPolicy = { leaseNamespace: 'ns', deletePods: 'never' };

const words = (policy: Partial<RightsPolicy>): string[] =>
  neededPermissions({ ...PLAIN, ...policy }).map(({ verb, resource, namespace }) =>
    [verb, resource, ...(namespace === undefined ? [] : [namespace])].join(' '),
  );
const more = (policy: Partial<RightsPolicy>): string[] => {
  const plain = new Set(words({}));
  return words(policy).filter(word => !plain.has(word));
};

describe('the permissions of a rollout', () => {
  it('are those to delete pods only where the policy deletes them', () => {
    expect(more({ deletePods: 'refused' })).toEqual(['delete pods']);
    expect(more({ deletePods: 'always' })).toEqual(['delete pods']);
    expect(words({ deletePods: 'refused' })).toContain('create pods/eviction');
    expect(words({ deletePods: 'always' })).not.toContain('create pods/eviction');
  });

  it('hold for Leases in their namespaces, each once', () => {
    expect(more({ nodeLease: { namespace: 'ns', prefix: 'x-' } })).toEqual([]);
    expect(more({ nodeLease: { namespace: 'other', prefix: 'x-' } })).toEqual(
      ['get', 'create', 'update'].map(verb => `${verb} leases other`),
    );
  });

  it('hold for Events only where steps are told', () => {
    expect(more({ nodeEvents: true })).toEqual(['create events default', 'patch events default']);
  });

  it('hold for what the checks of the user look at', () => {
    const look = (resource: string, name: string, namespace: string): UserCheck => ({
      ...{ name: 'c', timeoutMs: 1, retries: 0, retryDelayMs: 0, kind: 'condition' },
      objects: { resource, namespace, name, selector: '', fieldSelector: '' },
      expect: { kind: 'condition', type: 'Ready', status: 'True' },
    });
    const checks = [
      look('nodes', '{node}', ''),
      look('deployments.v1.apps', 'web', 'shop'),
      look('deployments.apps', '', 'shop'),
      look('tenants.example.com', '', 'x-{node}'),
    ];
    expect(more({ checks })).toEqual(['get deployments shop', 'list deployments shop', 'list tenants']);
  });

  it('are each there once, with a purpose', () => {
    const keys = NEEDED_RIGHTS.map(({ verb, group, resource }) => `${verb} ${group} ${resource}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { purpose } of NEEDED_RIGHTS) expect(purpose).toMatch(/^[a-z].*[^.]$/);
  });
});
