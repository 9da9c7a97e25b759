import { beforeEach, describe, expect, it } from 'vitest';
import { accountOf } from '../../../../services/workers/common/drain/account.ts';
import type { LeftPod } from '../../../../services/workers/common/drain/evict.ts';
import type { PodView } from '../../../../shared/domain/facts.ts';
import type { EvictionAnswer } from '../../../../shared/ports/cluster.ts';
import { web, webBudget } from '../../../helpers/block-cases.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { FakeCluster, nodeView, podView } from '../../../helpers/fake-cluster.ts';

/** Counts its lists. */
class CountedCluster extends FakeCluster {
  readonly lists: string[] = [];
  broken: readonly string[] = [];

  override async listPods(namespace: string, selector = ''): Promise<PodView[]> {
    return this.#count(`pods ${namespace} ${selector}`.trim(), () => super.listPods(namespace));
  }

  override async listPdbs() {
    return this.#count('budgets', () => super.listPdbs());
  }

  override async listNodes() {
    return this.#count('nodes', () => super.listNodes());
  }

  async #count<T>(what: string, read: () => Promise<T>): Promise<T> {
    this.lists.push(what);
    if (this.broken.some(each => what.startsWith(each))) throw new Error('the API server is gone');
    return read();
  }
}

let cluster: CountedCluster;
let clock: FakeClock;
beforeEach(() => {
  clock = new FakeClock();
  cluster = new CountedCluster(clock);
  cluster.add(nodeView('n1'), nodeView('n2'));
});

const by = (...budgets: string[]): EvictionAnswer => ({ kind: 'refused', message: 'no', budgets, retryAfterMs: null });
const fence = { installation: 'here', rollout: 'r1', node: 'n1', round: 1, epoch: 1 };
const account = (left: LeftPod[], look = true) => {
  const { signal } = new AbortController();
  return accountOf(left, { cluster, fence, nowMs: clock.now(), signal }, look);
};
const several = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';

describe('the account of a drain', () => {
  it('reads each list once, of pods only those of the budget where it is one', async () => {
    cluster.budgets = [
      webBudget(),
      webBudget({ name: 'db', namespace: 'bank', selector: [] }),
      webBudget({ name: 'x', namespace: 'bank' }),
    ];
    const left: LeftPod[] = [
      ...['web-1', 'web-2', 'web-3'].map(name => ({ pod: web(name, 'n1'), answer: by('web') })),
      { pod: web('db-1', 'n1', { namespace: 'bank' }), answer: by('db') },
      { pod: web('db-2', 'n1', { namespace: 'bank' }), answer: by('x') },
      { pod: web('going', 'n1', { namespace: 'other', deletionMs: 5 }), answer: { kind: 'accepted' } },
    ];
    await account(left);
    expect(cluster.lists.toSorted()).toEqual(['budgets', 'nodes', 'pods bank', 'pods shop app=web']);
  });

  it.each<[string, LeftPod['answer'], Partial<PodView>]>([
    ['is terminating', { kind: 'accepted' }, { deletionMs: 5 }],
    ['was refused without a budget', by(), {}],
    ['was refused by a webhook', { kind: 'impossible', message: 'admission webhook "x" denied the request' }, {}],
    ['was not asked for', null, {}],
    ['met trouble', { kind: 'trouble', message: 'connection refused', retryAfterMs: null }, {}],
  ])('reads nothing for a pod that %s', async (_, answer, more) => {
    const { heads, lines } = await account([{ pod: web('web-1', 'n1', more), answer }]);
    expect(cluster.lists).toEqual([]);
    expect(heads).toEqual([expect.stringMatching(/^shop\/web-1 \(Deployment web\): ./)]);
    expect(lines.join('\n')).not.toContain('could not be read');
  });

  it('reads nothing for a refusal that came only now', async () => {
    const { reason } = await account([{ pod: web('web-1', 'n1'), answer: by('web') }], false);
    expect(reason).toBe('waiting for shop/web-1: refused by budget web');
    expect(cluster.lists).toEqual([]);
  });

  it.each([[['budgets']], [['nodes']], [['pods']], [['pods', 'budgets', 'nodes']]])('does without %j', async broken => {
    cluster.broken = broken;
    cluster.budgets = [webBudget()];
    const { lines, reason } = await account([{ pod: web('web-1', 'n1'), answer: by('web') }]);
    expect(lines).toContain(`  could not be read: ${broken.join(', ')}`);
    expect(reason).toContain('budget web');
  });

  it('tells what needs a person first, and pods alike together', async () => {
    cluster.budgets = [webBudget({ minAvailable: null, maxUnavailable: '0' })];
    const { heads, lines, reason, todo } = await account([
      ...['a', 'b', 'c'].map(name => ({
        pod: web(name, 'n1', { deletionMs: clock.now() + 9_000 }),
        answer: by('web'),
      })),
      { pod: podView('bare', 'n1', { controller: null }), answer: null },
      ...['web-1', 'web-2'].map(name => ({ pod: web(name, 'n1'), answer: by('web') })),
    ]);
    expect(heads).toEqual([
      'shop/web-1 (Deployment web) and shop/web-2: budget web never allows a disruption: maxUnavailable is 0',
      'shop/bare (no controller): its eviction was not asked for yet',
      'shop/a (Deployment web) and 2 others like it: terminating, its grace period ends in 9 s',
    ]);
    expect(lines.filter(line => !line.startsWith(' '))).toEqual(heads);
    expect(reason).toBe('waiting for shop/web-1 and others: budget web never allows a disruption: maxUnavailable is 0');
    expect(todo).toMatch(/^Let the budget give one up: kubectl -n shop patch pdb web /);
  });

  it('names several budgets on a pod', async () => {
    cluster.budgets = [webBudget(), webBudget({ name: 'all', selector: [] })];
    const { heads } = await account([{ pod: web('web-1', 'n1'), answer: { kind: 'impossible', message: several } }]);
    expect(heads[0]).toContain('2 budgets match it (all, web)');
  });

  it('stays short however many pods and reasons there are, and however long their words', async () => {
    const budgets = Array.from({ length: 40 }, (_, index) => `b${index}`);
    cluster.budgets = budgets.map(name =>
      webBudget({ name, maxUnavailable: '1', minAvailable: null, expectedPods: 90 }),
    );
    const trouble = `${'long '.repeat(2_000)}words`;
    cluster.add(...Array.from({ length: 60 }, (_, index) => web(`other-${index}`, 'n2', { ready: false, trouble })));
    const left = Array.from({ length: 400 }, (_, index): LeftPod => {
      const controller = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: `set-${index}` };
      return { pod: podView(`p-${index}`, 'n1', { controller }), answer: by(budgets[index % 40] ?? '') };
    });
    const { heads, lines, reason } = await account(left);
    expect(heads.at(-1)).toBe('and 388 pods more');
    expect(lines.length).toBeLessThan(80);
    expect(lines.join('').length).toBeLessThan(50_000);
    expect(reason.length).toBeLessThan(400);
  });
});
