import { describe, expect, it } from 'vitest';
import { foldStatus } from '../../../shared/domain/fold.ts';
import { checkInvariants } from '../../../shared/domain/invariants.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { StepName } from '../../../shared/domain/steps.ts';
import { RedisStore } from '../../../shared/journal/store.ts';
import { OpenWave } from '../../helpers/open-wave.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { testRedis } from '../../helpers/redis.ts';

const redis = await testRedis();

const openWave = (plan: Plan) => OpenWave.of(redis, plan);
const one = (nodes: string[], concurrency = 1) => tinyPlan({ stages: { dev: { a: [{ nodes, concurrency }] } } });

describe('the claim', () => {
  it('gives a node to one slot only, and never more than k', async () => {
    const wave = await openWave(one(['n1', 'n2', 'n3', 'n4'], 2));
    const [s1 = '', s2 = ''] = await wave.slots();
    const answers = await Promise.all([wave.claim(s1), wave.claim(s2), wave.claim(s1), wave.claim(s2)]);
    expect(new Set(answers.map(answer => ('node' in answer ? answer.node : answer.kind)))).toEqual(
      new Set(['n1', 'n2']),
    );
    expect(answers.filter(answer => answer.kind === 'claimed')).toHaveLength(2);
  });

  it('counts claims, not slots: one that was lost still counts by the node it holds', async () => {
    const wave = await openWave(one(['n1', 'n2']));
    const [slot = ''] = await wave.slots();
    await wave.claim(slot);
    await redis.redis.del(`${redis.prefix}-${wave.id}:~r:${wave.id}:slots:a/0`);
    const [fresh = ''] = await wave.slots();
    expect(fresh).not.toBe(slot);
    expect(await wave.claim(fresh)).toMatchObject({ kind: 'closed', reasons: ['1 of 1 nodes of the wave are away'] });
  });

  it('takes a node back only from the slot that holds it in that round, and only when it is settled', async () => {
    const wave = await openWave(one(['n1', 'n2', 'n3']));
    const [slot = ''] = await wave.slots();
    await wave.claim(slot);
    expect(await wave.claim(slot, { give: { node: 'n1', round: 1 } })).toEqual({
      kind: 'holding',
      node: 'n1',
      round: 1,
    });
    await wave.finish('n1');
    expect(await wave.claim(slot, { give: { node: 'n1', round: 1 } })).toMatchObject({ kind: 'claimed', node: 'n2' });
    // A frozen copy of the slot wakes and still believes that it holds n1.
    expect(await wave.claim(slot, { give: { node: 'n1', round: 1 } })).toEqual({
      kind: 'holding',
      node: 'n2',
      round: 1,
    });
    // n2 is through, but its recovery has not been awaited: only who asks for just n2 may give it back.
    await wave.finish('n2');
    for (const give of [{ node: 'n1', round: 1 }, { node: 'n2', round: 7 }, null]) {
      expect(await wave.claim(slot, { give })).toEqual({ kind: 'holding', node: 'n2', round: 1 });
    }
    expect(await wave.store.pending(wave.id, 'a', 0)).toEqual(['n3']);
  });

  it('holds for one round, step by step: any other is refused', async () => {
    const wave = await openWave(one(['n1']));
    const [slot = ''] = await wave.slots();
    await wave.claim(slot);
    const ref = { cluster: 'a', node: 'n1', round: 7, step: 'drain' } as const;
    expect((await wave.store.begin(wave.id, ref, 1)).kind).toBe('superseded');
    // Nor a step whose predecessor has no result, whatever let its job go.
    for (const step of ['upgrade', 'reboot', 'uncordon'] as const) {
      expect((await wave.store.begin(wave.id, { ...ref, round: 1, step }, 1)).kind).toBe('predecessor-missing');
    }
    expect((await wave.store.begin(wave.id, { ...ref, round: 1 }, 1)).kind).toBe('go');
  });

  it('counts nodes away by name: claimed, not Ready and cordoned together, each once', async () => {
    const wave = await openWave(one(['n1', 'n2', 'n3'], 3));
    const [s1 = '', s2 = ''] = await wave.slots();
    const facts = { maxUnavailable: 2, unavailable: ['x1'] };
    expect(await wave.claim(s1, facts)).toMatchObject({ kind: 'claimed', node: 'n1' });
    expect(await wave.claim(s2, facts)).toMatchObject({
      kind: 'closed',
      reasons: ['maxUnavailable 2: away are n1, x1'],
    });
    // n1 is now cordoned by us: still one node, not two.
    const cordoned = { maxUnavailable: 2, unavailable: ['n1'] };
    expect(await wave.claim(s2, cordoned)).toMatchObject({ kind: 'claimed', node: 'n2' });
  });

  it('counts per zone what is away in it, and with it what is claimed and in no zone that is known', async () => {
    const wave = await openWave(one(['n1', 'n2', 'n3', 'n4'], 4));
    const slots = await wave.slots();
    const zones = (...domains: [string, number, string[]][]) => [
      { label: 'zone', domains: domains.map(([name, max, nodes]) => ({ name: `zone ${name}`, max, nodes })) },
    ];
    const perDomain = zones(['a', 1, ['n1', 'n2', 'x1']], ['b', 2, ['n3', 'n4', 'x2']]);
    const away = { unavailable: ['x1', 'x2'], perDomain };
    expect(await wave.claim(slots[0] ?? '', away)).toMatchObject({ kind: 'claimed', node: 'n3' });
    expect(await wave.claim(slots[1] ?? '', away)).toMatchObject({
      kind: 'closed',
      reasons: ['zone a: 1 of 1 away: x1', 'zone b: 2 of 2 away: n3, x2'],
    });
    // Where n3 is, is not known any more: it counts in both zones.
    const unknown = zones(['a', 1, ['n1', 'n2']], ['b', 1, ['n4']]);
    expect(await wave.claim(slots[1] ?? '', { perDomain: unknown })).toMatchObject({
      kind: 'closed',
      reasons: ['zone a: 1 of 1 away: n3', 'zone b: 1 of 1 away: n3'],
    });
    expect(await wave.claim(slots[1] ?? '', { perDomain })).toMatchObject({ kind: 'claimed', node: 'n1' });
  });

  it('slots that ask for one zone at the same moment share its budget', async () => {
    const wave = await openWave(one(['n1', 'n2', 'n3'], 3));
    const perDomain = [{ label: 'zone', domains: [{ name: 'zone a', max: 1, nodes: ['n1', 'n2', 'n3'] }] }];
    const answers = await Promise.all((await wave.slots()).map(slot => wave.claim(slot, { perDomain })));
    expect(answers.filter(answer => answer.kind === 'claimed')).toHaveLength(1);
    expect(answers.find(answer => answer.kind === 'closed')).toMatchObject({ reasons: ['zone a: 1 of 1 away: n1'] });
  });

  it('takes a node that is itself away when it is the only one', async () => {
    const wave = await openWave(one(['n1']));
    const [slot = ''] = await wave.slots();
    const facts = { maxUnavailable: 1, unavailable: ['n1'] };
    expect(await wave.claim(slot, facts)).toMatchObject({ kind: 'claimed', node: 'n1' });
  });

  it('lets one control-plane node go at a time, and none while another is not Ready', async () => {
    const wave = await openWave(one(['cp1', 'cp2', 'n1'], 3));
    const [s1 = '', s2 = '', s3 = ''] = await wave.slots();
    const troubled = { unavailable: ['cp9'], unavailableControlPlane: ['cp9'] };
    expect(await wave.claim(s1, troubled)).toMatchObject({ kind: 'claimed', node: 'n1' });
    expect(await wave.claim(s2)).toMatchObject({ kind: 'claimed', node: 'cp1' });
    expect(await wave.claim(s3)).toMatchObject({
      kind: 'closed',
      reasons: ['one control-plane node at a time: cp1 is away'],
    });
  });

  it('is refused on facts that are too old, by the clock of the store', async () => {
    const wave = await openWave(one(['n1']));
    const [slot = ''] = await wave.slots();
    const old = (await wave.store.now()) - 60_000;
    const answer = await wave.claim(slot, { factsAtMs: old });
    expect(answer.kind).toBe('closed');
    expect(await wave.claim(slot)).toMatchObject({ kind: 'claimed' });
  });

  it('is refused once the failure budget is spent, also for further changes of hosts that are away', async () => {
    const wave = await openWave(one(['n1', 'n2', 'n3'], 2));
    const [s1 = '', s2 = ''] = await wave.slots();
    await wave.claim(s1);
    await wave.claim(s2);
    await wave.failAt('n1', 'drain');
    const drain = { cluster: 'a', node: 'n2', round: 1, step: 'drain' } as const;
    const begun = await wave.store.begin(wave.id, drain, 1);
    if (begun.kind !== 'go') throw new Error(begun.kind);
    await wave.store.report(wave.id, drain, begun.epoch, { outcome: 'done', proof: {}, note: '' });
    const upgrade = { ...drain, step: 'upgrade' } as const;
    expect((await wave.store.begin(wave.id, upgrade, 1)).kind).toBe('hold');
    await wave.store.command(wave.id, { kind: 'skip', cluster: 'a', node: 'n2' }, 'tester', '');
    const flagged = await wave.store.begin(wave.id, upgrade, 1);
    if (flagged.kind !== 'go') throw new Error(flagged.kind);
    await wave.store.report(wave.id, upgrade, flagged.epoch, { outcome: 'skipped', reason: 'asked' });
    expect(await wave.claim(s2, { give: { node: 'n2', round: 1 } })).toMatchObject({
      kind: 'closed',
      reasons: ['failure budget spent: a/n1 failed'],
    });
  });

  it('is refused while a failure is told to hooks and the node is given back, before it is recorded', async () => {
    const wave = await openWave(one(['n1', 'n2'], 2));
    const [s1 = '', s2 = ''] = await wave.slots();
    await wave.claim(s1);
    const drain = { cluster: 'a', node: 'n1', round: 1, step: 'drain' } as const;
    const begun = await wave.store.begin(wave.id, drain, 1);
    if (begun.kind !== 'go') throw new Error(begun.kind);
    const report = { outcome: 'failing' } as const;
    expect(await wave.store.report(wave.id, drain, begun.epoch, report)).toEqual({ ok: true });
    const reasons = ['failure budget spent: a/n1 failed'];
    expect(await wave.claim(s2)).toMatchObject({ kind: 'closed', reasons });
    // Its worker died in that, and the next one had better luck.
    const anew = await wave.store.begin(wave.id, drain, 1);
    if (anew.kind !== 'go') throw new Error(anew.kind);
    await wave.store.report(wave.id, drain, anew.epoch, { outcome: 'done', proof: {}, note: '' });
    expect(await wave.claim(s2)).toMatchObject({ kind: 'claimed' });
  });

  it('nodes that are retried do not hold each other, but are held by one that nobody retries', async () => {
    const wave = await openWave(one(['n1', 'n2', 'n3'], 3));
    await wave.store.tell(wave.id, { type: 'rollout-started' });
    for (const slot of await wave.slots()) await wave.claim(slot);
    const ref = (node: string, step: 'drain' | 'upgrade') => ({ cluster: 'a', node, round: 1, step });
    const failure = { code: 'unexpected', message: 'broken', retryable: false };
    const begun = new Map<string, number>();
    for (const node of ['n1', 'n2', 'n3']) {
      const drain = await wave.store.begin(wave.id, ref(node, 'drain'), 1);
      if (drain.kind !== 'go') throw new Error(drain.kind);
      const done = { outcome: 'done', proof: {}, note: '' } as const;
      await wave.store.report(wave.id, ref(node, 'drain'), drain.epoch, done);
      const upgrade = await wave.store.begin(wave.id, ref(node, 'upgrade'), 1);
      if (upgrade.kind === 'go') begun.set(node, upgrade.epoch);
    }
    for (const [node, epoch] of begun) {
      const failed = { outcome: 'failed', attempt: 1, failure } as const;
      await wave.store.report(wave.id, ref(node, 'upgrade'), epoch, failed);
    }
    const retry = (node: string) =>
      wave.store.command(wave.id, { kind: 'retry', cluster: 'a', node }, 'tester', 'mended');
    await retry('n1');
    await retry('n2');
    expect((await wave.store.begin(wave.id, ref('n1', 'upgrade'), 1)).kind).toBe('hold');
    await retry('n3');
    for (const node of ['n1', 'n2', 'n3']) {
      expect((await wave.store.begin(wave.id, ref(node, 'upgrade'), 1)).kind).toBe('go');
    }
    expect(checkInvariants(wave.plan, await wave.store.events(wave.id))).toEqual([]);
  });

  it('the time a step is held does not count against its own', async () => {
    const wave = await openWave(one(['n1', 'n2'], 2));
    const [s1 = '', s2 = ''] = await wave.slots();
    await wave.claim(s1);
    await wave.claim(s2);
    const ref = (step: 'drain' | 'upgrade') => ({ cluster: 'a', node: 'n2', round: 1, step });
    const drain = await wave.store.begin(wave.id, ref('drain'), 1);
    if (drain.kind !== 'go') throw new Error(drain.kind);
    await wave.store.report(wave.id, ref('drain'), drain.epoch, { outcome: 'done', proof: {}, note: '' });
    const upgrade = await wave.store.begin(wave.id, ref('upgrade'), 1);
    if (upgrade.kind !== 'go') throw new Error(upgrade.kind);
    await wave.failAt('n1', 'drain');
    // Its guard holds it back; from then on it may not even begin.
    await wave.store.report(wave.id, ref('upgrade'), upgrade.epoch, { outcome: 'held', reason: 'held' });
    expect((await wave.store.begin(wave.id, ref('upgrade'), 1)).kind).toBe('hold');
    const before = (await wave.store.node(wave.id, 'a', 'n2'))?.startedAtMs ?? 0;
    await wave.store.command(wave.id, { kind: 'retry', cluster: 'a', node: 'n1' }, 'tester', '');
    const again = await wave.store.begin(wave.id, { cluster: 'a', node: 'n1', round: 1, step: 'drain' }, 1);
    if (again.kind !== 'go') throw new Error(again.kind);
    const done = { outcome: 'done', proof: {}, note: '' } as const;
    await wave.store.report(wave.id, { cluster: 'a', node: 'n1', round: 1, step: 'drain' }, again.epoch, done);
    while ((await wave.store.now()) === before) await new Promise(resolve => setImmediate(resolve));
    expect(await wave.store.begin(wave.id, ref('upgrade'), 1)).toMatchObject({ kind: 'go', elapsedMs: 0 });
  });

  it('a step that failed is not begun again before somebody asks, whoever starts its job', async () => {
    const wave = await openWave(one(['n1']));
    const [slot = ''] = await wave.slots();
    await wave.claim(slot);
    await wave.failAt('n1', 'drain');
    const ref = { cluster: 'a', node: 'n1', round: 1, step: 'drain' } as const;
    expect(await wave.store.begin(wave.id, ref, 1)).toEqual({ kind: 'failed', reason: 'broken' });
    await wave.store.command(wave.id, { kind: 'retry', cluster: 'a', node: 'n1' }, 'tester', '');
    expect((await wave.store.begin(wave.id, ref, 1)).kind).toBe('go');
  });

  it('tells that facts are old once, not at every look', async () => {
    const wave = await openWave(one(['n1']));
    const [slot = ''] = await wave.slots();
    const old = (await wave.store.now()) - 60_000;
    for (const ms of [0, 1_000, 2_000]) await wave.claim(slot, { factsAtMs: old - ms });
    expect((await wave.store.events(wave.id)).filter(event => event.type === 'waiting')).toHaveLength(1);
  });

  it('tells when what held a node is over, and keeps which budgets were short', async () => {
    const wave = await openWave(one(['n1']));
    const [slot = ''] = await wave.slots();
    const held = [{ node: 'n1', reason: 'not Ready' }];
    for (let i = 0; i < 2; i += 1) await wave.claim(slot, { held, candidates: [] });
    const status = async () => foldStatus(wave.plan, wave.id, await wave.store.events(wave.id)).state;
    await wave.store.tell(wave.id, { type: 'rollout-started' });
    expect(await status()).toBe('waiting-on-person');
    await wave.claim(slot, { maxUnavailable: 0 });
    expect(await status()).toBe('running');
    await wave.claim(slot, { shortBefore: ['shop/web'] });
    expect(await wave.store.shortBefore(wave.id, 'a', 'n1', 1)).toEqual(['shop/web']);
    const types = (await wave.store.events(wave.id)).map(event => event.type);
    expect(types.filter(type => type === 'node-held' || type === 'node-held-over')).toEqual([
      'node-held',
      'node-held-over',
    ]);
  });

  it('a rollout whose creation was sent twice after a lost connection is there once', async () => {
    const wave = await openWave(one(['n1']));
    expect(await wave.store.create(wave.id, wave.plan, 'tester', false)).toEqual({ ok: true });
    const created = (await wave.store.events(wave.id)).filter(event => event.type === 'rollout-created');
    expect(created).toHaveLength(1);
  });

  it('lets a host that is already rebooting come back when another node spends the budget', async () => {
    const wave = await openWave(one(['n1', 'n2'], 2));
    const [s1 = '', s2 = ''] = await wave.slots();
    await wave.claim(s1);
    await wave.claim(s2);
    const at = (step: StepName) => ({ cluster: 'a', node: 'n2', round: 1, step });
    for (const step of ['drain', 'upgrade', 'check-reboot'] as const) {
      const begun = await wave.store.begin(wave.id, at(step), 1);
      if (begun.kind !== 'go') throw new Error(begun.kind);
      await wave.store.report(wave.id, at(step), begun.epoch, { outcome: 'done', proof: {}, note: '' });
    }
    expect((await wave.store.begin(wave.id, at('reboot'), 1)).kind).toBe('go');
    await wave.failAt('n1', 'drain');
    const back = await wave.store.begin(wave.id, at('reboot'), 1);
    if (back.kind !== 'go') throw new Error(back.kind);
    // But it may not order a reboot now.
    const check = await wave.store.report(wave.id, at('reboot'), back.epoch, { outcome: 'check' });
    expect(check).toEqual({ ok: false, why: 'held' });
    const done = { outcome: 'done', proof: {}, note: 'back' } as const;
    expect((await wave.store.report(wave.id, at('reboot'), back.epoch, done)).ok).toBe(true);
    expect((await wave.store.begin(wave.id, at('verify'), 1)).kind).toBe('go');
  });

  it('adopts a node with our mark whatever the budgets say: it is away already', async () => {
    const wave = await openWave(one(['n1', 'n2']));
    const [slot = ''] = await wave.slots();
    const facts = { maxUnavailable: 0, unavailable: ['n2'], candidates: [{ node: 'n2', adopt: true }] };
    expect(await wave.claim(slot, facts)).toMatchObject({ kind: 'claimed', node: 'n2' });
  });

  it('is refused while the rollout is paused, and tells its reason once', async () => {
    const wave = await openWave(one(['n1']));
    const [slot = ''] = await wave.slots();
    await wave.store.command(wave.id, { kind: 'pause' }, 'tester', '');
    for (let i = 0; i < 3; i += 1) expect((await wave.claim(slot)).kind).toBe('closed');
    const told = (await wave.store.events(wave.id)).filter(event => event.type === 'waiting');
    expect(told).toHaveLength(1);
  });
});

describe('commands', () => {
  it('are refused, with the reason, where there is nothing to do', async () => {
    const wave = await openWave(one(['n1', 'n2']));
    const [slot = ''] = await wave.slots();
    await wave.claim(slot);
    const give = async (kind: 'retry' | 'skip', node: string) =>
      (await wave.store.command(wave.id, { kind, cluster: 'a', node }, 'tester', '')).note;
    expect(await give('retry', 'n1')).toBe('a/n1 has not failed but is claimed');
    expect(await give('retry', 'n2')).toBe('a/n2 has not failed but is pending');
    expect(await give('retry', 'n9')).toBe('there is no node a/n9 in this rollout');
    await wave.finish('n1');
    expect(await give('skip', 'n1')).toBe('a/n1 is already done');
    expect(await wave.store.command(wave.id, { kind: 'resume' }, 'tester', '')).toMatchObject({
      ok: true,
      note: 'already running',
    });
  });
});

describe('slots', () => {
  it('retire when concurrency is lowered, and come with ever new ids when it is raised', async () => {
    const wave = await openWave(one(['n1', 'n2', 'n3', 'n4', 'n5'], 3));
    const [s1 = '', s2 = '', s3 = ''] = await wave.slots();
    for (const slot of [s1, s2, s3]) await wave.claim(slot);
    const set = (concurrency: number) =>
      wave.store.command(wave.id, { kind: 'concurrency', cluster: 'a', wave: 0, concurrency }, 'tester', '');
    await set(1);
    await wave.finish('n1');
    await wave.finish('n2');
    expect((await wave.claim(s1, { give: { node: 'n1', round: 1 } })).kind).toBe('retired');
    expect((await wave.claim(s2, { give: { node: 'n2', round: 1 } })).kind).toBe('retired');
    await set(2);
    const ids = await wave.slots();
    expect(ids).toHaveLength(2);
    expect(ids).toContain(s3);
    expect(ids).not.toContain(s1);
    expect(ids).not.toContain(s2);
    const fresh = ids.find(id => id !== s3) ?? '';
    expect(await wave.claim(fresh)).toMatchObject({ kind: 'claimed', node: 'n4' });
  });
});

describe('clusters', () => {
  it('are taken all at once or not at all', async () => {
    const store = new RedisStore(redis.redis, `${redis.prefix}-holders`);
    const plan = (clusters: string[]) =>
      tinyPlan({ stages: { dev: Object.fromEntries(clusters.map(name => [name, [{ nodes: [`${name}1`] }]])) } });
    expect(await store.create('r1', plan(['b']), 'tester', false)).toEqual({ ok: true });
    expect(await store.create('r2', plan(['a', 'b']), 'tester', false)).toMatchObject({
      ok: false,
      cluster: 'b',
      holder: 'r1',
    });
    expect(await store.create('r3', plan(['a']), 'tester', false)).toEqual({ ok: true });
    expect((await store.list()).map(row => row.id).toSorted()).toEqual(['r1', 'r3']);
  });
});

describe('the time', () => {
  it('between reboots is kept by those who ask at once, cluster by cluster, over rollouts', async () => {
    const store = new RedisStore(redis.redis, `${redis.prefix}-turns`);
    const turns = await Promise.all(['a', 'b', 'c'].map(by => store.takeReboot('dev', by, 60_000)));
    expect(turns.filter(turn => turn.inMs === 0)).toHaveLength(1);
    for (const turn of turns.filter(({ inMs }) => inMs > 0)) expect(turn.inMs).toBeLessThanOrEqual(60_000);
    expect((await store.takeReboot('live', 'z', 60_000)).inMs).toBe(0);
    await store.rebooted('live', 'z');
    expect((await store.takeReboot('live', 'z', 60_000)).inMs).toBe(0);
    const next = await store.nextReboot('live', 'y', 60_000);
    expect(next.inMs).toBeGreaterThan(30_000);
    expect((await store.nextReboot('live', 'y', 0)).inMs).toBe(0);
  });
});
