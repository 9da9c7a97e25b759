import { describe, expect, it } from 'vitest';
import { attributesOf } from '../../../services/simulator/api/access/attributes.ts';
import { authorise } from '../../../services/simulator/api/access/decide.ts';
import type { Identity } from '../../../services/simulator/api/access/users.ts';
import { ApiError } from '../../../services/simulator/api/errors.ts';
import { rulesOfManifest } from '../../helpers/sim-users.ts';

const manifest = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: upgrader }
rules:
  - { apiGroups: [''], resources: [nodes], verbs: [get, list] }
  - { apiGroups: [''], resources: [nodes], verbs: [patch], resourceNames: [n1] }
  - { apiGroups: [''], resources: [pods/eviction], verbs: [create] }
  - { apiGroups: ['*'], resources: ['*/status'], verbs: [patch] }
  - { nonResourceURLs: [/metrics, '/logs/*'], verbs: [get] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: lock, namespace: system }
rules:
  - { apiGroups: [coordination.k8s.io], resources: [leases], verbs: ['*'] }
`;

function user(rules = rulesOfManifest(manifest)): Identity {
  return { name: 'u', groups: ['system:authenticated'], rules };
}

/** What the server answers; undefined: nothing against it. */
function refusal(line: string, who = user()): Record<string, unknown> | undefined {
  const [method = '', path = ''] = line.split(' ');
  try {
    authorise(who, attributesOf(method, new URL(path, 'http://api')));
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.toStatus();
    throw error;
  }
}

describe('rights', () => {
  it.each([
    'GET /api/v1/nodes',
    'GET /api/v1/nodes/n2',
    'PATCH /api/v1/nodes/n1',
    'PATCH /api/v1/nodes/n2/status',
    'PATCH /apis/apps/v1/namespaces/x/deployments/d/status',
    'POST /api/v1/namespaces/shop/pods/p/eviction',
    'PUT /apis/coordination.k8s.io/v1/namespaces/system/leases/l',
    'DELETE /apis/coordination.k8s.io/v1/namespaces/system/leases',
    'GET /metrics',
    'GET /logs/a/b',
    'GET /api/v1',
    'GET /apis/apps/v1',
    'GET /openapi/v3/api/v1',
    'GET /version',
    'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  ])('are enough for %s', line => expect(refusal(line)).toBeUndefined());

  it.each([
    ['PATCH /api/v1/nodes/n2', 'nodes "n2"', 'patch resource "nodes" in API group "" at the cluster scope'],
    ['GET /api/v1/nodes?watch=1', 'nodes', 'watch resource "nodes" in API group "" at the cluster scope'],
    ['GET /api/v1/pods', 'pods', 'list resource "pods" in API group "" at the cluster scope'],
    ['PATCH /api/v1/nodes', 'nodes', 'patch resource "nodes" in API group "" at the cluster scope'],
    ['DELETE /api/v1/nodes', 'nodes', 'deletecollection resource "nodes" in API group "" at the cluster scope'],
    [
      'DELETE /api/v1/namespaces/shop/pods/p',
      'pods "p"',
      'delete resource "pods" in API group "" in the namespace "shop"',
    ],
    [
      'GET /api/v1/namespaces/shop/pods/p/log',
      'pods "p"',
      'get resource "pods/log" in API group "" in the namespace "shop"',
    ],
    [
      'GET /api/v1/namespaces/shop',
      'namespaces "shop"',
      'get resource "namespaces" in API group "" in the namespace "shop"',
    ],
    [
      'GET /apis/coordination.k8s.io/v1/leases',
      'leases.coordination.k8s.io',
      'list resource "leases" in API group "coordination.k8s.io" at the cluster scope',
    ],
    [
      'POST /apis/coordination.k8s.io/v1/namespaces/shop/leases',
      'leases.coordination.k8s.io',
      'create resource "leases" in API group "coordination.k8s.io" in the namespace "shop"',
    ],
    ['GET /apis/foo/v1/bars', 'bars.foo', 'list resource "bars" in API group "foo" at the cluster scope'],
  ])('%s is more than they allow', (line, what, wish) => {
    expect(refusal(line)).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message: `${what} is forbidden: User "u" cannot ${wish}`,
    });
  });

  it('name the object, group and plural in the details', () => {
    expect(refusal('GET /apis/apps/v1/namespaces/x/deployments/d')?.['details']).toEqual({
      name: 'd',
      group: 'apps',
      kind: 'deployments',
    });
  });

  it('for paths are read as written', () => {
    expect(refusal('POST /metrics')?.['message']).toBe('forbidden: User "u" cannot post path "/metrics"');
    expect(refusal('GET /metrics/more')?.['details']).toEqual({});
    const anonymous = { name: 'system:anonymous', groups: ['system:unauthenticated'], rules: [] };
    expect(refusal('GET /api', anonymous)?.['message']).toContain('User "system:anonymous" cannot get path "/api"');
    expect(refusal('GET /livez', anonymous)).toBeUndefined();
  });

  it('to one named object are enough to watch it alone', () => {
    const who = user([{ apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'], resourceNames: ['n1'] }]);
    expect(refusal('GET /api/v1/nodes?watch=true&fieldSelector=metadata.name%3Dn1', who)).toBeUndefined();
    expect(refusal('GET /api/v1/nodes?fieldSelector=metadata.name%3Dn2', who)).toBeDefined();
    expect(refusal('GET /api/v1/nodes', who)).toBeDefined();
  });
});

describe('a manifest', () => {
  const binding = (kind: string, namespace: string, ref: string) =>
    `---\nkind: ${kind}\nmetadata: { name: b, namespace: ${namespace} }\nroleRef: { kind: ${ref} }\n`;

  it('binds a ClusterRole within a namespace where it says so', () => {
    const rules = rulesOfManifest(`${manifest}${binding('RoleBinding', 'shop', 'ClusterRole, name: upgrader')}`);
    expect(rules.map(rule => [rule.namespace, rule.role])).toEqual(Array(5).fill(['shop', 'upgrader']));
  });

  it('that binds a role it lacks is refused', () => {
    expect(() => rulesOfManifest(binding('ClusterRoleBinding', 'x', 'ClusterRole, name: other'))).toThrow('other');
  });
});
