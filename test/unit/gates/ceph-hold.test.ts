import { describe, expect, it } from 'vitest';
import { type PlanCluster, planClusters } from '../../../shared/domain/plan.ts';
import { cephHold } from '../../../shared/gates/ceph/hold.ts';
import type { GateSources } from '../../../shared/gates/gate.ts';
import type { HoldMemory } from '../../../shared/gates/hold.ts';
import { httpProbes } from '../../../shared/probes/http.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const settings = {
  kind: 'ceph',
  name: 'ceph',
  at: ['claim'],
  timeoutMs: 10_000,
  command: 'ceph',
  noout: true,
  ignore: [],
} as const;
const [cluster] = planClusters(tinyPlan({ stages: { dev: { a: [{ nodes: ['n1'] }] } } })) as [PlanCluster];

/** A Ceph of one flag, and what is kept of it. `dies`: at the command that begins so. */
function world(noout: boolean, kept: unknown = null) {
  const it = { noout, kept, dies: '', said: [] as string[] };
  const run = async ({ text }: { text: string }) => {
    if (it.dies !== '' && text.startsWith(it.dies)) throw new Error('died');
    it.said.push(text);
    if (text === 'ceph osd set noout') it.noout = true;
    if (text === 'ceph osd unset noout') it.noout = false;
    return { exitCode: 0, output: JSON.stringify({ flags: `${it.noout ? 'noout,' : ''}sortbitwise` }) };
  };
  const from = { cluster, api: null, probes: httpProbes, control: { run }, moment: 'claim', rollout: 'r1' } as const;
  const sources: GateSources = { ...from, signal: new AbortController().signal };
  const memory = (): HoldMemory => ({
    owner: { installation: 'i', rollout: 'r1' },
    nowMs: 5,
    kept: it.kept,
    remember: async next => {
      it.kept = next;
    },
  });
  return {
    it,
    take: () => cephHold.take(settings, sources, memory()),
    release: () => cephHold.release(settings, sources, memory()),
  };
}

describe('noout', () => {
  it('is set, kept as ours, and taken back', async () => {
    const { it: ceph, take, release } = world(false);
    expect(await take()).toBeNull();
    expect(ceph).toMatchObject({ noout: true, kept: { noout: 'ours', sinceMs: 5 } });
    await take();
    expect(ceph.said.filter(text => text.includes('set'))).toEqual(['ceph osd set noout']);
    await release();
    expect(ceph.noout).toBe(false);
  });

  it('that somebody else has set is left alone', async () => {
    const { it: ceph, take, release } = world(true);
    await take();
    await release();
    expect(ceph).toMatchObject({ noout: true, kept: null, said: ['ceph osd dump --format json'] });
  });

  it('is known as ours before it is set: one that dies then leaves nothing', async () => {
    const { it: ceph, take, release } = world(false);
    ceph.dies = 'ceph osd set';
    await expect(take()).rejects.toThrow('died');
    expect(ceph.kept).toMatchObject({ noout: 'ours' });
    await release();
    expect(ceph.said).toContain('ceph osd unset noout');
  });

  it('that others took away is set anew', async () => {
    const { it: ceph, take } = world(false, { noout: 'ours', sinceMs: 1 });
    await take();
    expect(ceph).toMatchObject({ noout: true, kept: { sinceMs: 1 } });
  });

  it('is only wanted where the policy says so', () => {
    expect(cephHold.wanted(settings)).toBe(true);
    expect(cephHold.wanted({ ...settings, noout: false })).toBe(false);
  });
});
