import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../../shared/domain/failure.ts';
import { openCluster } from '../../../shared/kubernetes/open.ts';
import { type CannedApi, cannedApi, failureStatus, json } from '../../helpers/canned-api.ts';
import { podView } from '../../helpers/fake-cluster.ts';

const signal = new AbortController().signal;
let canned: CannedApi;
beforeEach(async () => {
  canned = await cannedApi();
});
afterEach(() => canned.close());

const failing = async (run: Promise<unknown>) =>
  failureOf(
    await run.then(
      () => new Error('no error'),
      error => error,
    ),
  );

describe('calls of the Kubernetes API', () => {
  it('shares connections between calls and sends the token', async () => {
    canned.answer = (_, response) => json(response, 200, { metadata: {}, items: [] });
    for (let i = 0; i < 20; i++) await canned.api.listNodes(signal);
    expect(canned.connections()).toBeLessThanOrEqual(2);
    expect(canned.seen[0]?.headers.authorization).toBe('Bearer secret');
  });

  it.each([
    [401, 'cluster-unauthorized', false],
    [403, 'cluster-forbidden', false],
    [500, 'cluster-error', true],
    [503, 'cluster-error', true],
    [429, 'cluster-error', true],
    [422, 'cluster-refused', false],
  ])('an answer %i becomes %s', async (status, code, retryable) => {
    canned.answer = (_, response) => json(response, status, failureStatus(status, 'because so'));
    const failure = await failing(canned.api.listNodes(signal));
    expect(failure).toMatchObject({ code, retryable });
    // client-node drops the body of a 401.
    if (status !== 401) expect(failure.message).toContain('because so');
  });

  it('passes Retry-After on', async () => {
    canned.answer = (_, r) => json(r, 503, failureStatus(503, 'busy'), { 'retry-after': '7' });
    expect(await failing(canned.api.listNodes(signal))).toMatchObject({ retryAfterMs: 7000 });
    expect(canned.seen).toHaveLength(1);
  });

  it('repeats a read after a passing trouble, never a write', async () => {
    canned.answer = (_, response) => json(response, canned.seen.length === 1 ? 500 : 200, { items: [] });
    await canned.api.listNodes(signal);
    expect(canned.seen).toHaveLength(2);
    canned.seen.length = 0;
    const answer = await canned.api.evictPod(pod, { gracePeriodSeconds: -1 }, signal);
    expect(answer.kind).toBe('trouble');
    expect(canned.seen).toHaveLength(1);
  });

  it('a server that is gone is unreachable', async () => {
    await canned.api.getNode('a', signal);
    const { api } = canned;
    canned.answer = (_, response) => response.destroy();
    expect(await failing(api.listNodes(signal))).toMatchObject({ code: 'cluster-unreachable', retryable: true });
  });

  it('an abort ends a call that gets no answer, with the reason of the signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    canned.answer = () => controller.abort(reason);
    await expect(canned.api.listNodes(controller.signal)).rejects.toBe(reason);
  });

  it.each(['getNode', 'getLease'] as const)('%s asks nothing after an abort, however urgent', async name => {
    const reason = new Error('enough');
    const gone = AbortSignal.abort(reason);
    const asked = name === 'getNode' ? canned.api.getNode('a', gone) : canned.api.getLease('kube-system', 'a', gone);
    await expect(asked).rejects.toBe(reason);
    expect(canned.seen).toEqual([]);
  });

  it('a context that does not exist is named together with those that do', async () => {
    const api = openCluster('nowhere', { inCluster: false, kubeconfig: '/nonexistent', context: 'x' });
    expect(await failing(api.listNodes(signal))).toMatchObject({ code: 'cluster-config', retryable: false });
    await api.close();
  });

  it('follows continue', async () => {
    canned.answer = ({ url }, response) =>
      url.searchParams.has('continue')
        ? json(response, 200, { metadata: {}, items: [{ metadata: { name: 'b' } }] })
        : json(response, 200, { metadata: { continue: 'more' }, items: [{ metadata: { name: 'a' } }] });
    expect((await canned.api.listNodes(signal)).map(node => node.name)).toEqual(['a', 'b']);
  });
});

describe('updateNode', () => {
  it('reads again after a conflict and sends the resourceVersion it read', async () => {
    let version = 1;
    canned.answer = ({ method, body }, response) => {
      if (method === 'GET') return json(response, 200, { metadata: { name: 'a', resourceVersion: String(version) } });
      const sent = (JSON.parse(body) as { metadata: { resourceVersion: string } }).metadata.resourceVersion;
      if (version++ === 1) return json(response, 409, failureStatus(409, 'modified'));
      return json(response, 200, {
        metadata: { name: 'a', resourceVersion: `${sent}-done` },
        spec: { unschedulable: true },
      });
    };
    const node = await canned.api.updateNode('a', () => ({ unschedulable: true }), signal);
    expect(node).toMatchObject({ resourceVersion: '2-done', unschedulable: true });
    const patch = canned.seen.at(-1);
    expect(patch?.headers['content-type']).toBe('application/merge-patch+json');
  });

  it('writes nothing when there is nothing to change', async () => {
    canned.answer = (_, response) => json(response, 200, { metadata: { name: 'a', resourceVersion: '1' } });
    await canned.api.updateNode('a', () => null, signal);
    expect(canned.seen.map(request => request.method)).toEqual(['GET']);
  });

  it('a missing node is node-missing', async () => {
    canned.answer = (_, response) => json(response, 404, failureStatus(404, 'nodes "a" not found'));
    expect(await failing(canned.api.updateNode('a', () => null, signal))).toMatchObject({ code: 'node-missing' });
  });
});

const pod = podView('web-1', 'a', { uid: 'u1', controller: null });

describe('evictPod', () => {
  const budget = (message: string) => ({
    reason: 'TooManyRequests',
    details: { causes: [{ reason: 'DisruptionBudget', message }] },
  });
  it.each([
    [201, { kind: 'Status', status: 'Success' }, { kind: 'accepted' }],
    [404, failureStatus(404, 'pods "web-1" not found'), { kind: 'gone' }],
    [
      409,
      failureStatus(409, 'the UID in the precondition (u1) does not match the UID in record (u2)'),
      { kind: 'gone' },
    ],
    [409, failureStatus(409, 'the object has been modified'), { kind: 'trouble' }],
    [
      429,
      failureStatus(429, 'Cannot evict', budget('The disruption budget web needs 2 healthy pods and has 2 currently')),
      { kind: 'refused', budgets: ['web'], retryAfterMs: null },
    ],
    [
      403,
      failureStatus(403, 'no', { details: { causes: [{ reason: 'NamespaceTerminating' }] } }),
      { kind: 'namespace-terminating' },
    ],
    [403, failureStatus(403, 'admission webhook denied'), { kind: 'impossible' }],
    [500, failureStatus(500, 'This pod has more than one PodDisruptionBudget, which …'), { kind: 'impossible' }],
    [500, failureStatus(500, 'etcd is away'), { kind: 'trouble' }],
  ])('answer %i', async (code, body, expected) => {
    canned.answer = (_, response) => json(response, code, body);
    expect(await canned.api.evictPod(pod, { gracePeriodSeconds: -1 }, signal)).toMatchObject(expected);
  });

  it('sends the UID it means and the grace period asked for', async () => {
    canned.answer = (_, response) => json(response, 201, { kind: 'Status', status: 'Success' });
    await canned.api.evictPod(pod, { gracePeriodSeconds: 10 }, signal);
    await canned.api.evictPod(pod, { gracePeriodSeconds: -1 }, signal);
    const bodies = canned.seen.map(request => JSON.parse(request.body) as { deleteOptions: unknown });
    expect(bodies[0]).toMatchObject({
      metadata: { name: 'web-1', namespace: 'shop' },
      deleteOptions: { gracePeriodSeconds: 10, preconditions: { uid: 'u1' } },
    });
    expect(bodies[1]?.deleteOptions).toEqual({ preconditions: { uid: 'u1' } });
    expect(canned.seen[0]?.url.pathname).toBe('/api/v1/namespaces/shop/pods/web-1/eviction');
  });
});

describe('a watch', () => {
  const watching = (request: { url: URL }) => request.url.searchParams.get('watch') === 'true';
  /** What is asked for until the watch is let go: how many ms lie between the first requests of a kind, `count` of them. */
  const gapsOf = async (kind: 'list' | 'watch', count: number, answer: CannedApi['answer']) => {
    const stop = new AbortController();
    const atMs: number[] = [];
    canned.answer = (request, response) => {
      const asked = watching(request) ? 'watch' : 'list';
      if (asked === kind && atMs.push(performance.now()) === count) return stop.abort();
      if (asked === 'watch') return answer(request, response);
      json(response, 200, { metadata: { resourceVersion: '1' }, items: [] });
    };
    await canned.api.watchPodsOnNode('a', () => {}, stop.signal);
    // Timers know whole milliseconds only.
    return atMs.slice(1).map((at, index) => Math.ceil(at - (atMs[index] ?? 0)) + 1);
  };
  const atLeast = (...ms: number[]) => ms.map(each => expect.toSatisfy(gap => gap >= each, `${each} ms`) as number);

  it('that the server ends at once, again and again, is not asked for without a pause', async () => {
    const gaps = await gapsOf('watch', 4, (_, response) => response.writeHead(200).end());
    expect(gaps).toEqual(atLeast(200, 400, 800));
  });

  it('that is refused is asked for more and more seldom, though the list is answered', async () => {
    const gaps = await gapsOf('list', 4, (_, r) => json(r, 500, failureStatus(500, 'busy')));
    expect(gaps).toEqual(atLeast(200, 400, 800));
  });

  it('that is refused for a while is not asked for before', async () => {
    const busy = failureStatus(429, 'busy');
    const gaps = await gapsOf('list', 2, (_, r) => json(r, 429, busy, { 'retry-after': '2' }));
    expect(gaps).toEqual(atLeast(2_000));
  });

  it('ends with its signal, though a credential plugin hangs', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plugin-'));
    const is = (file: string) => existsSync(join(folder, file));
    const apiVersion = 'client.authentication.k8s.io/v1';
    const status = { token: 't', expirationTimestamp: '2001-01-01T00:00:00Z' };
    const said = JSON.stringify({ apiVersion, kind: 'ExecCredential', status });
    // Answers the list; hangs at the watch. It ends with us, too.
    const hang = 'touch hangs; until [ -e go ] || ! kill -0 $PPID; do sleep 0.05; done';
    const text = `cd ${folder}; [ ! -e asked ] || { ${hang}; }; touch asked; echo '${said}'; [ ! -e hangs ] || touch ended`;
    const hanging = await cannedApi({ exec: { apiVersion, command: 'sh', args: ['-c', text] } });
    hanging.answer = (_, response) => json(response, 200, { metadata: { resourceVersion: '1' }, items: [] });
    try {
      const stop = new AbortController();
      const watched = hanging.api.watchPodsOnNode('a', () => {}, stop.signal);
      await expect.poll(() => is('hangs')).toBe(true);
      stop.abort();
      await watched;
      expect(hanging.seen).toHaveLength(1);
      expect(is('ended')).toBe(false);
    } finally {
      await hanging.close();
      await writeFile(join(folder, 'go'), '');
      while (is('hangs') && !is('ended')) await new Promise(resolve => setTimeout(resolve, 20));
      await rm(folder, { recursive: true });
    }
  });
});

describe('a kubeconfig that cannot be read', () => {
  it('is told without a word of what stands in it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
    const kubeconfig = join(folder, 'config');
    await writeFile(kubeconfig, 'users:\n- name: u\n  user:\n    token: very-secret\n   bad: indent\n');
    const failure = await failing(openCluster('broken', { inCluster: false, kubeconfig }).listNodes(signal));
    await rm(folder, { recursive: true });
    expect(failure.code).toBe('cluster-config');
    expect(JSON.stringify(failure)).not.toContain('very-secret');
    expect(failure.message).toContain(kubeconfig);
  });
});
