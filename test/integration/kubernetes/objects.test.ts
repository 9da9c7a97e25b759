import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { ObjectSelection } from '../../../shared/domain/user-check.ts';
import { type SimApiWithClient, simCluster } from '../../helpers/sim-cluster.ts';

const signal = new AbortController().signal;
let world: SimApiWithClient;
beforeAll(async () => {
  const workloads = [{ kind: 'Deployment', name: 'web', replicas: 4 }] as const;
  world = await simCluster(['a', 'b'], { workloads: [...workloads] });
});
afterAll(() => world.close());

const NONE = { namespace: '', name: '', selector: '', fieldSelector: '' };
async function names(selection: Partial<ObjectSelection> & { resource: string }): Promise<string[]> {
  const found = await world.api.readObjects({ ...NONE, ...selection }, signal);
  return (found as { metadata: { name: string } }[]).map(each => each.metadata.name);
}

describe('objects of any kind', () => {
  it('are read by name: of no namespace, of one, of the default one', async () => {
    expect(await names({ resource: 'nodes', name: 'a' })).toEqual(['a']);
    expect(await names({ resource: 'deployments.apps', namespace: 'default', name: 'web' })).toEqual(['web']);
    expect(await names({ resource: 'deployments.v1.apps', name: 'web' })).toEqual(['web']);
    expect(await names({ resource: 'deployments.apps', name: 'nobody' })).toEqual([]);
  });

  it('are selected by labels and fields', async () => {
    expect(await names({ resource: 'pods', selector: 'app=web' })).toHaveLength(4);
    const [here, there] = await Promise.all(
      ['a', 'b'].map(node => names({ resource: 'pods', fieldSelector: `spec.nodeName=${node}` })),
    );
    expect((here?.length ?? 0) + (there?.length ?? 0)).toBe(4);
    expect(await names({ resource: 'pods', namespace: 'kube-system', selector: 'app=web' })).toEqual([]);
  });

  it.each(['gateways.networking.example.com', 'sprockets', 'deployments.v9.apps'])(
    '%s the server does not know',
    async resource => {
      const failure = failureOf(await names({ resource, name: 'x' }).catch((error: unknown) => error));
      expect(failure).toMatchObject({ code: 'cluster-no-such-resource', retryable: true });
    },
  );
});
