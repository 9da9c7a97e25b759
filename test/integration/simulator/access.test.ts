import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../../helpers/hand-cluster.ts';
import { userOfManifest } from '../../helpers/sim-users.ts';

const viewer = userOfManifest(
  'limited',
  `kind: ClusterRole
metadata: { name: node-viewer }
rules: [{ apiGroups: [''], resources: [nodes], verbs: [get, list] }]
---
kind: Role
metadata: { name: lock, namespace: system }
rules: [{ apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get] }]
`,
);

let test: TestCluster;
beforeAll(async () => {
  test = await startTestCluster({
    token: 'root',
    users: [{ ...viewer, uid: 'limited-uid', groups: ['viewers'] }],
  });
});
afterAll(() => test.close());

/** Asks with a token ('' for none) and gives status and body. */
async function ask(token: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${test.api.url}${path}`, {
    headers: token === '' ? {} : { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
}

const unauthorized = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'Unauthorized',
  reason: 'Unauthorized',
  code: 401,
};

describe('users of a simulated cluster', () => {
  it('are known by their tokens', async () => {
    expect(await ask('wrong', '/readyz')).toEqual({ status: 401, body: unauthorized });
    expect((await ask('root', '/api/v1/pods')).status).toBe(200);
    expect((await ask('limited-token', '/api/v1/nodes')).status).toBe(200);
    expect(test.api.kubeconfigEntry('x', 'limited').user).toEqual({ name: 'x', user: { token: 'limited-token' } });
    expect(test.api.kubeconfigEntry().user.user).toEqual({ token: 'root' });
  });

  it('without a token see only that the server is well', async () => {
    expect((await ask('', '/livez')).status).toBe(200);
    expect((await ask('', '/version')).status).toBe(200);
    expect(await ask('', '/api/v1/nodes')).toMatchObject({
      status: 403,
      body: {
        message:
          'nodes is forbidden: User "system:anonymous" cannot list resource "nodes" in API group "" at the cluster scope',
        details: { kind: 'nodes' },
      },
    });
  });

  it('are told what they may, by the same rules', async () => {
    const review = (resourceAttributes: Record<string, string>, token = 'limited-token') =>
      ask(token, '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { spec: { resourceAttributes } });
    expect(await review({ verb: 'patch', resource: 'nodes' })).toMatchObject({
      status: 201,
      body: { status: { allowed: false } },
    });
    const reason = 'RBAC: allowed by ClusterRoleBinding "node-viewer" of ClusterRole "node-viewer" to User "limited"';
    expect((await review({ verb: 'list', resource: 'nodes' })).body).toMatchObject({
      status: { allowed: true, reason },
    });
    const lease = { verb: 'get', group: 'coordination.k8s.io', resource: 'leases' };
    expect((await review({ ...lease, namespace: 'system' })).body).toMatchObject({ status: { allowed: true } });
    expect((await review({ ...lease, namespace: 'shop' })).body).toMatchObject({ status: { allowed: false } });
    expect((await review({ verb: '*', resource: '*' }, 'root')).body).toMatchObject({ status: { allowed: true } });
  });

  it('are told all their rules, and who they are', async () => {
    const rules = (namespace: string) =>
      ask('limited-token', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { spec: { namespace } });
    const nodes = { verbs: ['get', 'list'], apiGroups: [''], resources: ['nodes'] };
    const leases = { verbs: ['get'], apiGroups: ['coordination.k8s.io'], resources: ['leases'] };
    const own = async (namespace: string) => {
      const { body } = await rules(namespace);
      return (body as { status: { resourceRules: unknown[] } }).status.resourceRules.slice(2);
    };
    expect(await own('shop')).toEqual([nodes]);
    expect(await own('system')).toEqual([nodes, leases]);
    expect(await ask('limited-token', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {})).toMatchObject({
      body: {
        status: { userInfo: { username: 'limited', uid: 'limited-uid', groups: ['viewers', 'system:authenticated'] } },
      },
    });
  });

  it('may be given other rules while the server runs', async () => {
    const pods = { verbs: ['list'], apiGroups: [''], resources: ['pods'] };
    test.api.setUser({ ...viewer, name: 'other', token: 'o', rules: [] });
    expect((await ask('o', '/api/v1/pods')).status).toBe(403);
    test.api.setUser({ ...viewer, name: 'other', token: 'o', rules: [pods] });
    expect((await ask('o', '/api/v1/pods')).status).toBe(200);
  });
});
