import {
  ApiException,
  AppsV1Api,
  AuthorizationV1Api,
  CoordinationV1Api,
  CoreV1Api,
  PatchStrategy,
  PolicyV1Api,
  setHeaderOptions,
  V1MicroTime,
  Watch,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCluster, type TestCluster, until } from '../../helpers/hand-cluster.ts';
import { kubeConfigFor, selfSigned } from '../../helpers/sim-clients.ts';

const tls = selfSigned();
if (tls === undefined) console.log('HTTPS is left out: there is no openssl to make a certificate with');

const evict = (name: string, namespace: string) => ({
  name,
  namespace,
  body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } },
});

async function failureOf(call: Promise<unknown>): Promise<{ code: number; status: Record<string, unknown> }> {
  const error = await call.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(error instanceof ApiException)) throw new Error(`no ApiException but ${String(error)}`);
  const body: unknown = error.body;
  return { code: error.code, status: typeof body === 'string' ? JSON.parse(body) : {} };
}

describe.each([
  { over: 'http', options: {} },
  ...(tls === undefined ? [] : [{ over: 'https', options: { tls, token: 'let-me-in' } }]),
])('@kubernetes/client-node over $over', ({ options }) => {
  let test: TestCluster;
  let core: CoreV1Api;
  const config = () => kubeConfigFor(test.api);

  beforeAll(async () => {
    test = await startTestCluster({
      ...options,
      workloads: [
        { kind: 'Deployment', name: 'web', namespace: 'shop', replicas: 4 },
        { kind: 'DaemonSet', name: 'agent', namespace: 'kube-system' },
      ],
      pdbs: [{ name: 'web', namespace: 'shop', matchLabels: { app: 'web' }, minAvailable: 3 }],
    });
    core = config().makeApiClient(CoreV1Api);
  });
  afterAll(() => test.close());

  it('pages through nodes and selects pods', async () => {
    const first = await core.listNode({ limit: 2 });
    expect(first.items.map(node => node.metadata?.name)).toEqual(['n1', 'n2']);
    expect(first.metadata?.remainingItemCount).toBe(1);
    const rest = await core.listNode({ limit: 2, _continue: first.metadata?._continue as string });
    expect(rest.items.map(node => node.metadata?.name)).toEqual(['n3']);
    expect(rest.metadata?._continue).toBeUndefined();
    const onN1 = await core.listPodForAllNamespaces({ fieldSelector: 'spec.nodeName=n1' });
    expect(new Set(onN1.items.map(pod => pod.spec?.nodeName))).toEqual(new Set(['n1']));
    const web = await core.listNamespacedPod({ namespace: 'shop', labelSelector: 'app in (web),!gone' });
    expect(web.items).toHaveLength(4);
    expect(web.items.every(pod => pod.status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True'))).toBe(
      true,
    );
  });

  it('cordons with each kind of patch, and the taint follows', async () => {
    const seen = () => test.world.entries.filter(entry => entry.act === 'cordon' && entry.node === 'n2').length;
    const before = seen();
    const body = { spec: { unschedulable: true } };
    const strategic = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
    const cordoned = await core.patchNode({ name: 'n2', body }, strategic);
    expect(cordoned.spec?.unschedulable).toBe(true);
    const again = await core.patchNode({ name: 'n2', body }, strategic);
    const taint = 'node.kubernetes.io/unschedulable';
    await until(test.api, ['nodes'], () => JSON.stringify(test.api.objects.get('nodes', '', 'n2')).includes(taint));
    expect(Number(again.metadata?.resourceVersion)).toBeGreaterThanOrEqual(Number(cordoned.metadata?.resourceVersion));
    expect(seen()).toBe(before + 1);
    const removal = [
      { op: 'test', path: '/spec/unschedulable', value: true },
      { op: 'remove', path: '/spec/unschedulable' },
    ];
    await core.patchNode({ name: 'n2', body: removal });
    const failure = await failureOf(core.patchNode({ name: 'n2', body: removal }));
    expect(failure).toMatchObject({ code: 422, status: { reason: 'Invalid' } });
    await until(test.api, ['nodes'], () => !JSON.stringify(test.api.objects.get('nodes', '', 'n2')).includes(taint));
  });

  it('refuses a write with an old resource version', async () => {
    const node = await core.readNode({ name: 'n3' });
    await core.patchNode(
      { name: 'n3', body: { metadata: { annotations: { a: 'b' } } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    const failure = await failureOf(core.replaceNode({ name: 'n3', body: node }));
    expect(failure).toMatchObject({
      code: 409,
      status: { reason: 'Conflict', details: { name: 'n3', kind: 'nodes' } },
    });
    expect((await core.readNode({ name: 'n3' })).metadata?.annotations).toMatchObject({ a: 'b' });
  });

  it('answers 404 for what is not there', async () => {
    expect(await failureOf(core.readNode({ name: 'nosuch' }))).toEqual({
      code: 404,
      status: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'nodes "nosuch" not found',
        reason: 'NotFound',
        details: { name: 'nosuch', kind: 'nodes' },
        code: 404,
      },
    });
    const apps = config().makeApiClient(AppsV1Api);
    const failure = await failureOf(apps.readNamespacedDaemonSet({ name: 'x', namespace: 'kube-system' }));
    expect(failure.status['message']).toBe('daemonsets.apps "x" not found');
  });

  it('evicts within the budget, refuses beyond it, and the controllers mend', async () => {
    const pods = test.api.objects.list('pods', 'shop').map(pod => pod.metadata.name);
    const policy = config().makeApiClient(PolicyV1Api);
    const budget = async () =>
      (await policy.readNamespacedPodDisruptionBudget({ name: 'web', namespace: 'shop' })).status;
    await until(test.api, ['poddisruptionbudgets'], () => allowed(test) === 1);
    expect(await budget()).toMatchObject({
      disruptionsAllowed: 1,
      currentHealthy: 4,
      desiredHealthy: 3,
      expectedPods: 4,
    });
    test.api.faults.pause('scheduler');
    await core.createNamespacedPodEviction(evict(pods[0] as string, 'shop'));
    const failure = await failureOf(core.createNamespacedPodEviction(evict(pods[1] as string, 'shop')));
    expect(failure).toMatchObject({
      code: 429,
      status: {
        reason: 'TooManyRequests',
        details: {
          causes: [
            {
              reason: 'DisruptionBudget',
              message: 'The disruption budget web needs 3 healthy pods and has 3 currently',
            },
          ],
        },
      },
    });
    test.api.faults.resume('scheduler');
    await until(test.api, ['pods', 'poddisruptionbudgets'], () => allowed(test) === 1);
    expect(test.api.objects.get('pods', 'shop', pods[0] as string)).toBeUndefined();
    await core.createNamespacedPodEviction(evict(pods[1] as string, 'shop'));
  });

  it('watches a node’s pods from a list on', async () => {
    // The pod evicted before may have left any of the nodes without one.
    const shop = await core.listNamespacedPod({ namespace: 'shop' });
    const pod = shop.items.find(item => item.metadata?.deletionTimestamp === undefined && item.spec?.nodeName);
    const name = pod?.metadata?.name as string;
    const fieldSelector = `spec.nodeName=${pod?.spec?.nodeName}`;
    const list = await core.listPodForAllNamespaces({ fieldSelector });
    const query = { fieldSelector, resourceVersion: list.metadata?.resourceVersion as string };
    const events: string[] = [];
    let controller: AbortController | undefined;
    await new Promise<void>((resolve, reject) => {
      new Watch(config())
        .watch(
          '/api/v1/pods',
          query,
          (type: string, object: { metadata: { name: string } }) => {
            if (object.metadata.name !== name) return;
            events.push(type);
            if (type === 'DELETED') resolve();
          },
          () => reject(new Error('the watch ended')),
        )
        .then(made => {
          controller = made;
          return core.deleteNamespacedPod({ name, namespace: 'shop' });
        })
        .catch(reject);
    });
    controller?.abort();
    expect(events.at(-1)).toBe('DELETED');
    expect(new Set(events.slice(0, -1))).toEqual(new Set(['MODIFIED']));
  });

  it('tells a watch from a forgotten version by an ERROR event', async () => {
    const first = await core.listNode();
    test.api.faults.expireWatches();
    const seen = await new Promise<{ type: string; code: number }>((resolve, reject) => {
      const resourceVersion = first.metadata?.resourceVersion;
      new Watch(config())
        .watch(
          '/api/v1/nodes',
          { resourceVersion },
          (type, object) => resolve({ type, code: object.code }),
          () => {},
        )
        .catch(reject);
    });
    expect(seen).toEqual({ type: 'ERROR', code: 410 });
  });

  it('keeps leases with their micro times and their versions', async () => {
    const leases = config().makeApiClient(CoordinationV1Api);
    const at = { namespace: 'kube-system', name: 'nodetide' };
    const spec = { holderIdentity: 'me', leaseDurationSeconds: 10, renewTime: new V1MicroTime() };
    const metadata = { name: 'nodetide' };
    const made = await leases.createNamespacedLease({ namespace: at.namespace, body: { metadata, spec } });
    const version = { name: 'nodetide', resourceVersion: made.metadata?.resourceVersion ?? '' };
    const second = await failureOf(leases.createNamespacedLease({ namespace: at.namespace, body: { metadata, spec } }));
    expect(second).toMatchObject({ code: 409, status: { reason: 'AlreadyExists' } });
    await leases.replaceNamespacedLease({
      ...at,
      body: { metadata: version, spec: { ...spec, holderIdentity: 'you' } },
    });
    const stale = await failureOf(leases.replaceNamespacedLease({ ...at, body: { metadata: version, spec } }));
    expect(stale).toMatchObject({ code: 409, status: { reason: 'Conflict' } });
    const plain = { ...spec, renewTime: new Date() };
    const refused = await failureOf(leases.replaceNamespacedLease({ ...at, body: { metadata, spec: plain } }));
    expect(refused).toMatchObject({ code: 400, status: { reason: 'BadRequest' } });
  });

  it('reviews what a client may do', async () => {
    const review = await config()
      .makeApiClient(AuthorizationV1Api)
      .createSelfSubjectAccessReview({
        body: { spec: { resourceAttributes: { verb: 'create', resource: 'pods', subresource: 'eviction' } } },
      });
    expect(review.status?.allowed).toBe(true);
  });
});

function allowed(test: TestCluster): unknown {
  return test.api.objects.get('poddisruptionbudgets', 'shop', 'web')?.status?.['disruptionsAllowed'];
}

describe('a server with a token', () => {
  it('turns away whoever has none, but for its health', async () => {
    const test = await startTestCluster({ token: 'secret' });
    try {
      expect((await fetch(`${test.api.url}/readyz`)).status).toBe(200);
      const response = await fetch(`${test.api.url}/api/v1/nodes`, { headers: { authorization: 'Bearer wrong' } });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ message: 'Unauthorized', reason: 'Unauthorized', code: 401 });
    } finally {
      await test.close();
    }
  });
});
