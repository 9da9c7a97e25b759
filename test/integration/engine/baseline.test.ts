import { describe, expect, it } from 'vitest';
import type { StepContext } from '../../../shared/ports/step.ts';
import { testEngines } from '../../helpers/engines.ts';
import { tinyPlan, upgradePolicy } from '../../helpers/plan.ts';
import { type Behaviour, ScriptedSteps } from '../../helpers/scripted-steps.ts';

const engine = await testEngines();
const GROUP = 'debian 12 x86_64';
const policy = { upgrade: upgradePolicy({ manager: 'apt', baseline: 'warn' }) };
const proving =
  (installed: Readonly<Record<string, string>>, group = GROUP): Behaviour =>
  async ({ baseline }: StepContext<unknown>) => {
    if (baseline.wanted) await baseline.prove(group, new Map(Object.entries(installed)));
    return undefined;
  };

describe('what stages prove', () => {
  it('is there for every later stage and for no earlier one, each group for itself, and gone after the end', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    const seen = new Map<string, unknown>();
    steps.on('*', 'upgrade', async ({ node, baseline }) => {
      const proven = await baseline.proven(GROUP);
      const versions = [...(proven?.versions ?? [])].flatMap(([name, list]) => [...list].map(one => `${name} ${one}`));
      seen.set(node.name, proven && { wanted: baseline.wanted, versions: versions.sort(), groups: proven.groups });
      return undefined;
    });
    steps.on('d1', 'verify', proving({ tool: '1.1', lib: '2' }));
    // The same list, as hosts of a kind have it; and one that differs.
    steps.on('d2', 'verify', proving({ tool: '1.1', lib: '2' }));
    steps.on('d3', 'verify', proving({ tool: '1.2', 'kernel.x86_64': '5, 6' }));
    steps.on('d4', 'verify', proving({ tool: '9' }, 'debian 13 x86_64'));
    steps.on('t1', 'verify', proving({ tool: '1.3', lib: '2' }));
    await it.scheduler();
    await it.worker(steps.steps());
    const wave = (...nodes: string[]) => [{ nodes, concurrency: 4 }];
    const stages = {
      dev: { d: wave('d1', 'd2', 'd3', 'd4') },
      test: { t: wave('t1') },
      production: { p: wave('p1') },
    };
    const id = await it.rollout(tinyPlan({ stages, policy }));
    expect((await it.ended(id)).counts.done).toBe(6);
    const dev = ['kernel.x86_64 5', 'kernel.x86_64 6', 'lib 2', 'tool 1.1', 'tool 1.2'];
    const groups = [GROUP, 'debian 13 x86_64'];
    expect(Object.fromEntries(seen)).toEqual({
      d1: null,
      d2: null,
      d3: null,
      d4: null,
      t1: { wanted: true, versions: dev, groups },
      p1: { wanted: false, versions: [...dev, 'tool 1.3'], groups },
    });
    expect(await it.connection.keys(`${it.prefix}:*proven*`)).toEqual([]);
  });

  it('twice is as good as once; one who was superseded proves nothing', async () => {
    const it = await engine();
    const plan = tinyPlan({
      stages: { dev: { d: [{ nodes: ['d1'] }] }, production: { p: [{ nodes: ['p1'] }] } },
      policy,
    });
    const steps = new ScriptedSteps();
    const halves: (() => void)[] = [];
    steps.on('d1', 'verify', async ({ baseline }) => {
      await baseline.prove(GROUP, new Map([['tool', '1.1']]));
      await baseline.prove(GROUP, new Map([['tool', '1.1']]));
      await new Promise<void>(resolve => halves.push(resolve));
      return undefined;
    });
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(plan);
    await steps.seen('d1', 'verify');
    const ref = { cluster: 'd', node: 'd1', round: 1, step: 'verify' } as const;
    const { epoch = 0 } = (await it.store.node(id, 'd', 'd1')) ?? {};
    const at = { stage: 0, group: GROUP };
    expect(await it.store.prove(id, ref, epoch - 1, at, ['other 1'])).toEqual({ ok: false, why: 'superseded' });
    expect(await it.store.prove(id, { ...ref, step: 'uncordon' }, epoch, at, ['other 1'])).toMatchObject({ ok: false });
    await expect
      .poll(() => it.store.proven(id, { stage: 1, group: GROUP }))
      .toEqual({ entries: ['tool 1.1'], groups: [GROUP] });
    expect(await it.store.proven(id, { stage: 0, group: GROUP })).toEqual({ entries: [], groups: [] });
    for (const go of halves) go();
    await it.ended(id);
  });

  it('is as large as two hosts of many packages make it, not as many', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    const host = (at: number) =>
      Object.fromEntries(Array.from({ length: 3_000 }, (_, no) => [`package-${no}`, no === at ? '2' : '1']));
    const nodes = Array.from({ length: 12 }, (_, at) => `d${at}`);
    nodes.forEach((name, at) => steps.on(name, 'verify', proving(host(at % 2))));
    let members = 0;
    steps.on('p1', 'drain', async () => {
      const [place = ''] = await it.connection.keys(`${it.prefix}:*proven:*`);
      members = await it.connection.scard(place);
      return undefined;
    });
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(
      tinyPlan({ stages: { dev: { d: [{ nodes, concurrency: 6 }] }, production: { p: [{ nodes: ['p1'] }] } }, policy }),
    );
    await it.ended(id);
    expect(members).toBe(3_000 + 2 + 2);
  });
});
