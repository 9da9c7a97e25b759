import { CoreV1Api, type V1Pod, Watch } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LargeCluster, startLargeCluster } from '../../helpers/large-cluster-process.ts';

const NODE = 'node-0007';
const GIB = 2 ** 30;
const LIMIT_MS = 600_000;

let cluster: LargeCluster;
let core: CoreV1Api;
beforeAll(async () => {
  cluster = await startLargeCluster(1_000, 30_000);
  core = cluster.config.makeApiClient(CoreV1Api);
}, LIMIT_MS);
afterAll(() => cluster.close());

/** All pods in pages. */
async function listAll(limit: number): Promise<V1Pod[]> {
  const pods: V1Pod[] = [];
  let token: string | undefined;
  do {
    const page = await core.listPodForAllNamespaces({ limit, ...(token === undefined ? {} : { _continue: token }) });
    pods.push(...page.items);
    token = page.metadata?._continue;
  } while (token !== undefined && token !== '');
  return pods;
}

/** Resolves when a watch of one node's pods has told of the end of every one of these. */
async function gone(resourceVersion: string, uids: ReadonlySet<string>, act: () => Promise<void>): Promise<void> {
  const left = new Set(uids);
  const query = { fieldSelector: `spec.nodeName=${NODE}`, resourceVersion };
  await new Promise<void>((resolve, reject) => {
    const watch = new Watch(cluster.config).watch(
      '/api/v1/pods',
      query,
      (type, pod: V1Pod) => {
        if (type === 'DELETED') left.delete(pod.metadata?.uid ?? '');
        if (left.size === 0) void watch.then(controller => controller.abort()).then(resolve);
      },
      error => {
        if (left.size > 0) reject(error instanceof Error ? error : new Error('the watch ended'));
      },
    );
    watch.then(act).catch(reject);
  });
}

describe('1,000 nodes and 30,000 pods in one process', { timeout: LIMIT_MS }, () => {
  it('are listed in pages, drained of a node that is watched, and evicted from by hundreds, within 1 GiB', async () => {
    expect(cluster.pods).toBe(30_000);
    const all = await listAll(500);
    expect(new Set(all.map(pod => pod.metadata?.uid)).size).toBe(30_000);
    expect(all.every(pod => pod.status?.phase === 'Running')).toBe(true);

    const here = await core.listPodForAllNamespaces({ fieldSelector: `spec.nodeName=${NODE}` });
    const mine = here.items.filter(pod => pod.metadata?.namespace !== 'kube-system');
    expect(mine.length).toBeGreaterThan(20);
    await gone(here.metadata?.resourceVersion ?? '', new Set(mine.map(pod => pod.metadata?.uid ?? '')), async () => {
      await Promise.all(mine.map(evict));
    });

    // A tenth of each workload may be away: five of each are asked for.
    const many = evenly(
      all.filter(pod => pod.spec?.nodeName !== NODE && pod.metadata?.labels?.['app'] !== 'agent'),
      2,
    );
    expect(many.length).toBe(580);
    await Promise.all(many.slice(0, 500).map(evict));
    expect((await listAll(5_000)).length).toBeGreaterThanOrEqual(30_000 - 600);
    expect(cluster.peakBytes()).toBeLessThan(GIB);
  });
});

async function evict(pod: V1Pod): Promise<void> {
  const { name = '', namespace = '' } = pod.metadata ?? {};
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
  await core.createNamespacedPodEviction({ name, namespace, body });
}

/** So many pods of each workload. */
function evenly(pods: readonly V1Pod[], each: number): V1Pod[] {
  const counts = new Map<string, number>();
  return pods.filter(({ metadata }) => {
    const app = metadata?.labels?.['app'] ?? '';
    counts.set(app, (counts.get(app) ?? 0) + 1);
    return (counts.get(app) ?? 0) <= each;
  });
}
