import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SimApiWithClient, simCluster } from '../../helpers/sim-cluster.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly metadata: Readonly<Record<string, string>>;
    readonly items?: readonly { readonly metadata: { readonly name: string } }[];
    readonly reason?: string;
    readonly message?: string;
  };
}

describe('lists, and writes, of the simulated API server', () => {
  let cluster: SimApiWithClient;
  const call = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(`${cluster.sim.url}${path}`, init);
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
  };
  const names = ({ body }: Answer) => body.items?.map(item => item.metadata.name);
  const configMap = (name: string) => ({ metadata: { name, namespace: 'default' } });

  beforeAll(async () => {
    cluster = await simCluster(['a'], { speed: 100 });
    for (const name of ['one', 'three', 'two']) cluster.sim.objects.create('configmaps', configMap(name));
  });
  afterAll(() => cluster.close());

  const maps = '/api/v1/namespaces/default/configmaps';

  it('go on, page by page, in the world of the first page', async () => {
    const first = await call(`${maps}?limit=1`);
    expect(names(first)).toEqual(['one']);
    cluster.sim.objects.create('configmaps', configMap('twelve'));
    cluster.sim.objects.delete('configmaps', 'default', 'two');
    const rest = await call(`${maps}?continue=${first.body.metadata['continue']}`);
    expect(names(rest)).toEqual(['three', 'two']);
    expect(rest.body.metadata['resourceVersion']).toBe(first.body.metadata['resourceVersion']);
    expect(names(await call(maps))).toEqual(['one', 'three', 'twelve']);
    const version = first.body.metadata['resourceVersion'];
    const then = await call(`${maps}?resourceVersion=${version}&resourceVersionMatch=Exact`);
    expect(names(then)).toEqual(['one', 'three', 'two']);
  });

  it('refuse a token from before the history, with one that goes on with the world as it is', async () => {
    const first = await call(`/api/v1/configmaps?limit=1`);
    cluster.sim.faults.expireWatches();
    const refused = await call(`/api/v1/configmaps?limit=1&continue=${first.body.metadata['continue']}`);
    expect(refused).toMatchObject({ status: 410, body: { reason: 'Expired' } });
    expect(refused.body.message).toContain('inconsistent list');
    cluster.sim.objects.create('configmaps', configMap('zero'));
    const rest = await call(`/api/v1/configmaps?continue=${refused.body.metadata['continue']}`);
    expect(names(rest)).toEqual(['three', 'twelve', 'zero']);
    const old = `resourceVersion=${first.body.metadata['resourceVersion']}&resourceVersionMatch=Exact`;
    expect((await call(`/api/v1/configmaps?${old}`)).status).toBe(410);
  });

  it('wait for a version that is not reached, and give it when it comes', async () => {
    const { body } = await call(maps);
    const next = Number(body.metadata['resourceVersion']) + 1;
    const late = call(`${maps}?resourceVersion=${next}`);
    cluster.sim.objects.create('configmaps', configMap('late'));
    expect(names(await late)).toContain('late');
    const never = await call(`${maps}?resourceVersion=${next + 1_000}`);
    expect(never).toMatchObject({ status: 504, body: { reason: 'Timeout' } });
    expect(never.headers.get('retry-after')).toBe('1');
  });

  it('apply creates what is not there, and changes what is', async () => {
    const apply = (text: string) =>
      call(`${maps}/applied?fieldManager=test`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/apply-patch+yaml' },
        body: `apiVersion: v1\nkind: ConfigMap\ndata: ${text}\n`,
      });
    expect((await apply('{ a: "1" }')).status).toBe(201);
    expect((await apply('{ b: "2" }')).status).toBe(200);
    expect(cluster.sim.objects.get('configmaps', 'default', 'applied')?.['data']).toEqual({ a: '1', b: '2' });
    const unnamed = { method: 'PATCH', headers: { 'content-type': 'application/apply-patch+yaml' }, body: '{}' };
    expect((await call(`${maps}/applied`, unnamed)).status).toBe(400);
  });

  it('a namespace goes when it is empty', async () => {
    cluster.sim.objects.create('namespaces', { metadata: { name: 'gone' } });
    cluster.sim.objects.create('configmaps', { metadata: { name: 'kept', namespace: 'gone' } });
    const answer = await call('/api/v1/namespaces/gone', { method: 'DELETE' });
    expect(answer.body).toMatchObject({ status: { phase: 'Terminating' } });
    await expect.poll(() => cluster.sim.objects.get('namespaces', '', 'gone')).toBeUndefined();
    expect(cluster.sim.objects.list('configmaps', 'gone')).toEqual([]);
  });
});
