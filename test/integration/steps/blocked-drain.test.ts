import { afterEach, describe, expect, it } from 'vitest';
import type { SimApiOptions } from '../../../services/simulator/api/types.ts';
import { drainNode } from '../../../services/workers/common/drain/drain-node.ts';
import type { DrainMemory } from '../../../services/workers/common/drain/memory.ts';
import { WORK_ANNOTATION } from '../../../shared/domain/facts.ts';
import { type Failure, failureOf } from '../../../shared/domain/failure.ts';
import type { ClusterApi } from '../../../shared/ports/cluster.ts';
import { type HandMachine, handMachine, until } from '../../helpers/hand-cluster.ts';
import { JumpClock } from '../../helpers/jump-clock.ts';
import { type SimApiWithClient, simCluster } from '../../helpers/sim-cluster.ts';
import { POLICY } from '../../helpers/step-world.ts';

let world: SimApiWithClient;
let machines: Map<string, HandMachine>;
afterEach(() => world.close());

const fence = { installation: 'here', rollout: 'r1', node: 'a', round: 1, epoch: 1 };
const mark = JSON.stringify({ installation: 'here', rollout: 'r1', round: 1, epoch: 1, cordonedBefore: false });

/** The real client; each refusal of an eviction puts the clock forward, so that a visit ends after some. */
function impatient(clock: JumpClock): ClusterApi {
  return {
    ...world.api,
    async evictPod(pod, options, signal) {
      const answer = await world.api.evictPod(pod, options, signal);
      if (answer.kind === 'refused') setImmediate(() => clock.jump(5_000));
      return answer;
    },
  };
}

/** Nodes and what runs on them; resolves when the budgets count `healthy` pods in all. */
async function start(nodes: readonly string[], kube: Partial<SimApiOptions>, healthy: number): Promise<void> {
  machines = new Map(nodes.map(name => [name, handMachine(name, 'sim')]));
  world = await simCluster(nodes, { nodes: [...machines.values()].map(machine => ({ machine })), ...kube });
  await counted(healthy);
}

function counted(healthy: number): Promise<void> {
  const kinds = ['poddisruptionbudgets', 'pods'];
  return until(world.sim, kinds, () => {
    const counts = world.sim.objects.list('poddisruptionbudgets').map(({ status }) => status?.['currentHealthy']);
    return counts.every(count => count === healthy);
  });
}

/**
 * Drains `a`, visit after visit, until it is done or fails; `onWait` after each visit that waits. After
 * `most` waits comes the last.
 */
async function drain(onWait: (reason: string, account: readonly string[]) => void, most = 3) {
  const clock = new JumpClock();
  const cluster = impatient(clock);
  let waits = 0;
  let memory: DrainMemory | null = null;
  const remember = async (kept: DrainMemory): Promise<void> => {
    memory = kept;
  };
  const log: string[] = [];
  for (;;) {
    const outcome = await drainNode({
      cluster,
      uid: '',
      fence,
      policy: POLICY.drain,
      clock,
      signal: new AbortController().signal,
      deadlineMs: clock.now() + (waits < most ? 3_600_000 : 15_000),
      memory,
      remember,
      guard: async () => undefined,
      log: text => void log.push(text),
    });
    if (outcome.kind === 'drained') return { proof: outcome.proof, log };
    waits += 1;
    onWait(outcome.reason, outcome.account ?? []);
    await clock.sleep(outcome.afterMs);
  }
}

const failing = async (): Promise<{ failure: Failure; reasons: string[] }> => {
  const reasons: string[] = [];
  const failure = await drain(reason => void reasons.push(named(reason)), 1).then(
    () => expect.fail('drained'),
    failureOf,
  );
  return { failure, reasons };
};

const named = (text: string) => text.replaceAll(/(web|bad|good)(-[a-z0-9]+)?-[a-z0-9]{5}\b/g, '$1-x');
const web = { kind: 'Deployment', name: 'web' } as const;
const matchLabels = { app: 'web' };

describe('a drain that a budget holds says why', () => {
  it('another pod has no room', async () => {
    const workloads = [{ ...web, replicas: 3, requests: { cpu: '20' } }];
    await start(['a', 'b'], { workloads, pdbs: [{ name: 'web', matchLabels, minAvailable: 2 }] }, 2);
    const { failure, reasons } = await failing();
    const refusal = 'budget web allows no disruption: 2 of 3 healthy, 2 needed';
    expect(reasons).toEqual([`waiting for default/web-x: ${refusal}, default/web-x Pending: Insufficient cpu`]);
    expect(failure).toMatchObject({
      code: 'drain-timeout',
      seen: expect.stringContaining('(Deployment web)') as string,
    });
    const account = failure.account?.map(named);
    expect(account).toContain('  healthy: 1 on b');
    expect(account).toContain('  not healthy: default/web-x Pending: 0/2 nodes are available: 2 Insufficient cpu');
    expect(named(failure.todo ?? '')).toMatch(
      /^Make room for web-x: .*: kubectl -n default describe pod web-x; then retry/,
    );
  });

  it('another pod crashes again and again', async () => {
    const workloads = [
      {
        kind: 'Deployment',
        name: 'good',
        labels: { app: 'web', is: 'good' },
        nodeSelector: { 'kubernetes.io/hostname': 'a' },
      },
      {
        kind: 'Deployment',
        name: 'bad',
        labels: { app: 'web', is: 'bad' },
        fate: 'crash-loop',
        nodeSelector: { 'kubernetes.io/hostname': 'b' },
      },
    ] as const;
    await start(['a', 'b'], { workloads, pdbs: [{ name: 'web', matchLabels, minAvailable: 1 }] }, 1);
    const { failure, reasons } = await failing();
    expect(reasons).toEqual([
      'waiting for default/good-x: budget web allows no disruption: 1 of 2 healthy, 1 needed, default/bad-x crash loop in main',
    ]);
    expect(failure.todo).toMatch(/kubectl -n default logs bad-\S+ --previous/);
  });

  it.each([
    [
      'this rollout has taken',
      { [WORK_ANNOTATION]: mark },
      'taken by this rollout, cordoned, not Ready',
      'nodetide status',
    ],
    ['somebody else has taken', {}, 'cordoned by somebody else, not Ready', 'kubectl describe node b'],
  ])('another pod is on a node %s away', async (_, annotations, state, command) => {
    await start(
      ['a', 'b'],
      { workloads: [{ ...web, replicas: 2 }], pdbs: [{ name: 'web', matchLabels, minAvailable: 1 }] },
      2,
    );
    world.sim.objects.patch('nodes', '', 'b', { metadata: { annotations }, spec: { unschedulable: true } });
    machines.get('b')?.goDown();
    await counted(1);
    const { failure, reasons } = await failing();
    expect(reasons.at(-1)).toContain(`, default/web-x on b, ${state}`);
    expect(failure.account).toContain(`    $ ${command}`);
  });

  it('maxUnavailable is 0; what it advises lets it go on', async () => {
    const pdbs = [{ name: 'web', matchLabels, maxUnavailable: 0 }];
    await start(['a', 'b'], { workloads: [{ ...web, replicas: 2 }], pdbs }, 2);
    let asked = '';
    const { proof, log } = await drain((reason, account) => {
      expect(named(reason)).toBe(
        'waiting for default/web-x: budget web never allows a disruption: maxUnavailable is 0',
      );
      asked = account.find(line => line.includes('$ kubectl -n default patch pdb web --type merge')) ?? '';
      const patch: unknown = JSON.parse(/-p '(.*)'$/.exec(asked)?.[1] ?? '');
      world.sim.objects.patch('poddisruptionbudgets', 'default', 'web', patch);
    });
    expect(asked).not.toBe('');
    expect(proof.evicted).toHaveLength(1);
    expect(named(log.join(''))).toContain(
      'budget web: maxUnavailable 0 over app=web; 2 of 2 healthy, 2 needed, 0 may go',
    );
  });

  it('its only pod; one more lets it go on', async () => {
    const pdbs = [{ name: 'web', matchLabels, minAvailable: 1 }];
    const workloads = [{ ...web, replicas: 1, nodeSelector: { 'kubernetes.io/os': 'linux' } }];
    await start(['a', 'b'], { workloads, pdbs }, 1);
    const [pod] = world.sim.objects.list('pods');
    const here = (pod?.spec as { nodeName?: string } | undefined)?.nodeName;
    expect(here).toBe('a');
    const { proof } = await drain((_, account) => {
      const scale = account.find(line => line.includes('$ kubectl -n default scale deployment web --replicas=2'));
      expect(scale).toBeDefined();
      world.sim.objects.patch('deployments', 'default', 'web', { spec: { replicas: 2 } });
    });
    expect(proof.evicted).toHaveLength(1);
  });

  it('two budgets on one pod, at once', async () => {
    const pdbs = ['one', 'two'].map(name => ({ name, matchLabels, maxUnavailable: 1 }));
    await start(['a', 'b'], { workloads: [{ ...web, replicas: 2 }], pdbs }, 2);
    const { failure, reasons } = await failing();
    expect(reasons).toEqual([]);
    expect(failure.code).toBe('drain-impossible');
    expect(named(failure.seen ?? '')).toBe(
      'default/web-x (Deployment web): 2 budgets match it (one, two), and an eviction takes only one',
    );
    expect(failure.todo).toContain('kubectl -n default edit pdb two');
  });

  it('and asks little for it: one list of budgets, nodes and pods for each visit', async () => {
    const pdbs = [{ name: 'web', matchLabels, maxUnavailable: 0 }];
    await start(['a', 'b'], { workloads: [{ ...web, replicas: 4 }], pdbs }, 4);
    let visits = 0;
    const from = world.sim.requests.length;
    await drain(() => void visits++, 2).catch(() => undefined);
    const lists = world.sim.requests
      .slice(from)
      .filter(
        ({ method, path }) =>
          method === 'GET' && /\/(nodes|poddisruptionbudgets|namespaces\/default\/pods)\?/.test(path),
      );
    const count = (what: string) => lists.filter(({ path }) => path.includes(what)).length;
    expect([count('/nodes?'), count('disruptionbudgets?'), count('default/pods?')]).toEqual(Array(3).fill(visits + 1));
    expect(
      lists.filter(({ path }) => path.includes('default/pods?')).every(({ path }) => path.includes('app%3Dweb')),
    ).toBe(true);
  });
});
