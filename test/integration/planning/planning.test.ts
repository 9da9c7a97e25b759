import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { DraftRequest } from '../../../shared/domain/draft/draft.ts';
import { planNodes } from '../../../shared/domain/plan.ts';
import { NOT_NARROWED } from '../../../shared/domain/plan-build/narrow.ts';
import { RedisDraftStore } from '../../../shared/journal/draft-store.ts';
import { PlanningQueue } from '../../../shared/queue/planning-queue.ts';
import { editFleet } from '../../helpers/edit-fleet.ts';
import { type Planned, planned } from '../../helpers/planning.ts';
import { testRedis } from '../../helpers/redis.ts';
import { until } from '../../helpers/scheduled.ts';
import { kickstart, tinyWorld } from '../../helpers/simulation.ts';

const HOUR_MS = 3_600_000;
const redis = await testRedis();
/** `node-1` has updates, `node-2` has none, `node-3` does not answer. */
const simulation = await kickstart(
  tinyWorld({
    nodes: 3,
    change: { 'node-2': { newKernel: null }, 'node-3': { faults: { connect: 'refuse' } } },
  }),
);
const { fleetFile } = simulation.files;
afterAll(() => simulation.close());

let made = 0;
async function fresh(): Promise<Planned & { readonly prefix: string }> {
  made += 1;
  const prefix = `${redis.prefix}-${made}`;
  return { ...(await planned(prefix, () => redis.connect())), prefix };
}

const all: DraftRequest = { narrow: NOT_NARROWED, updates: false };
const only = (...nodes: string[]): DraftRequest => ({ narrow: { ...NOT_NARROWED, nodes }, updates: false });
const plain = { takeOver: false, ignoreBlockers: false };
const containing = (text: string) => expect.stringContaining(text) as string;

async function ask(it: Planned, request: DraftRequest): Promise<string> {
  const asked = await it.desk.askDraft(request, 'ann', '');
  if (asked.kind !== 'asked') throw new Error(asked.why);
  return asked.draft.id;
}

/** A fleet file of its own beside that of the simulation. */
async function otherFile(name: string, change: Readonly<Record<string, unknown>>): Promise<string> {
  const file = join(simulation.folder, name);
  writeFileSync(file, readFileSync(fleetFile, 'utf8'));
  await editFleet(file, change);
  return file;
}

describe('a draft', () => {
  it('is made by a scheduler that has the fleet file, with what the hosts say', async () => {
    const it = await fresh();
    await it.scheduler(fleetFile);
    const id = await ask(it, { ...all, updates: true });
    const draft = await it.made(id);
    expect(draft).toMatchObject({
      ...{ id, by: 'ann', state: 'ready', problems: [], rollout: null, comparison: null },
      preflight: { blockers: 0 },
      due: { 'dev/node-2': 'nothing to upgrade', 'dev/node-3': containing('cannot be asked: ') },
    });
    expect(draft.due['dev/node-1']).toMatch(/^\d+ packages?/);
    expect(draft.plan && planNodes(draft.plan)).toHaveLength(3);
    expect(draft.estimate?.leftMs).toBeGreaterThan(0);
    expect(await it.desk.drafts()).toMatchObject([{ id, state: 'ready', nodes: 3, clusters: ['dev'] }]);
    expect(await it.desk.planners()).toMatchObject([{ fleetFile, clusters: [{ name: 'dev', stage: 'dev' }] }]);
  });

  it('is nobody’s work while no scheduler with a fleet file runs: said at once', async () => {
    const it = await fresh();
    expect(await it.desk.askDraft(all, 'ann', '')).toMatchObject({ kind: 'no-planner' });
    const scheduler = await it.scheduler(fleetFile);
    await scheduler.stop();
    expect(await it.desk.askDraft(all, 'ann', '')).toMatchObject({ kind: 'no-planner', why: containing('-f FILE') });
    expect(await it.desk.askSurvey([])).toMatchObject({ kind: 'no-planner' });
    expect(await it.desk.drafts()).toEqual([]);
  });

  it('that cannot be planned says why, and begins nothing', async () => {
    const it = await fresh();
    await it.scheduler(fleetFile);
    const draft = await it.made(await ask(it, only('node-9')));
    expect(draft).toMatchObject({
      ...{ state: 'refused', plan: null },
      problems: [{ code: 'unknown-node', message: containing('did you mean node-1?') }],
    });
    expect(await it.desk.begin(draft.id, 'ann', plain)).toMatchObject({ kind: 'refused' });
  });

  it('of a cluster that cannot be reached, and of a wrong file, says so', async () => {
    const it = await fresh();
    const kubeconfig = readFileSync(simulation.files.kubeconfig, 'utf8');
    writeFileSync(join(simulation.folder, 'away'), kubeconfig.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:1'));
    const file = await otherFile('away.yaml', { clusters: { dev: { kubernetes: { kubeconfig: 'away' } } } });
    await it.scheduler(file);
    const away = await it.made(await ask(it, all));
    expect(away.problems).toMatchObject([{ cluster: 'dev', code: expect.stringMatching(/^cluster-/) as string }]);
    writeFileSync(file, 'fleet: wrong');
    const wrong = await it.made(await ask(it, all));
    expect(wrong).toMatchObject({ state: 'refused', plan: null });
    expect(wrong.problems[0]?.message).toMatch(/away\.yaml:1:\d+: /);
  });

  it('whose maker stops in the middle is made by the next', async () => {
    const it = await fresh();
    let asked = () => {};
    const asking = new Promise<void>(resolve => {
      asked = resolve;
    });
    const first = await it.scheduler(fleetFile, {
      probe: (_host, _policy, signal) =>
        new Promise((_, reject) => {
          asked();
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        }),
    });
    const id = await ask(it, { ...only('node-1'), updates: true });
    await asking;
    expect((await it.desk.draft(id))?.state).toBe('making');
    await first.stop();
    await it.scheduler(fleetFile);
    expect(await it.made(id)).toMatchObject({ state: 'ready', due: { 'dev/node-1': expect.any(String) as string } });
  });

  it('whose asker died before anybody was told to make it is made all the same, once, with two schedulers', async () => {
    const it = await fresh();
    const asks: string[] = [];
    const probe: typeof it.probe = async host => {
      asks.push(host.name);
      throw new Error('not asked');
    };
    await it.scheduler(fleetFile, { probe });
    await it.scheduler(fleetFile, { probe });
    const drafts = new RedisDraftStore(await redis.connect(), it.prefix);
    const orphan = { id: 'd-orphan', request: { ...all, updates: true }, by: 'ann', fleetFile, repeat: '' };
    await drafts.add(orphan);
    await drafts.add({ ...orphan, id: 'd-of-others', fleetFile: '/other/fleet.yaml' });
    it.clock.jump(3_000);
    expect(await it.made('d-orphan')).toMatchObject({ state: 'ready' });
    it.clock.jump(3_000);
    const queue = new PlanningQueue(await redis.connect(), it.prefix, () => {});
    onTestFinished(() => queue.close());
    await until(async () => ((await queue.all()[0]?.count()) === 0 ? true : undefined), 'no job left');
    expect(asks.toSorted()).toEqual(['node-1', 'node-2', 'node-3']);
    expect((await it.desk.draft('d-of-others'))?.state).toBe('asked');
  });

  it('is the same one for the same request of the same person with the same key', async () => {
    const it = await fresh();
    await it.scheduler(fleetFile);
    const id = async (request: DraftRequest, by: string, key: string) => {
      const asked = await it.desk.askDraft(request, by, key);
      return asked.kind === 'asked' ? asked.draft.id : asked.why;
    };
    const [first, again] = await Promise.all([id(all, 'ann', 'k'), id(all, 'ann', 'k')]);
    expect(again).toBe(first);
    await it.made(first);
    expect(await id(all, 'ann', 'k')).toBe(first);
    const others = [await id(all, 'bob', 'k'), await id(all, 'ann', 'l'), await id(only('node-1'), 'ann', 'k')];
    const unnamed = [await id(all, 'ann', ''), await id(all, 'ann', '')];
    expect(new Set([first, ...others, ...unnamed]).size).toBe(6);
    // What was thrown away is not given again.
    await it.desk.removeDraft(first);
    expect(await id(all, 'ann', 'k')).not.toBe(first);
  });

  it('says which fleet is meant where there are several', async () => {
    const it = await fresh();
    await it.scheduler(await otherFile('others.yaml', { fleet: 'others' }));
    await it.scheduler(fleetFile);
    expect(await it.desk.askDraft(all, 'ann', '')).toMatchObject({
      kind: 'no-planner',
      why: containing('others.yaml'),
    });
  });
});

describe('a rollout begins with a draft', () => {
  it('once, whoever asks and however often', async () => {
    const it = await fresh();
    await it.scheduler(fleetFile);
    const id = await ask(it, all);
    const draft = await it.made(id);
    const answers = await Promise.all(['ann', 'bob', 'cleo'].map(by => it.desk.begin(id, by, plain)));
    const again = await it.desk.begin(id, 'dan', plain);
    const rollouts = [...answers, again].map(each => (each.kind === 'begun' ? each.rollout : each.kind));
    expect(new Set(rollouts).size).toBe(1);
    const [rollout = ''] = rollouts;
    expect((await it.store.list()).map(each => each.id)).toEqual([rollout]);
    expect(await it.store.plan(rollout)).toEqual(draft.plan);
    expect((await it.desk.draft(id))?.rollout).toBe(rollout);
    // Thrown away it cannot begin again, and its rollout stays.
    expect(await it.desk.removeDraft(id)).toBe(true);
    expect(await it.desk.begin(id, 'ann', plain)).toEqual({ kind: 'unknown' });

    const next = await it.made(await ask(it, only('node-1')));
    expect(next.comparison).toMatchObject({ rollout });
    expect(next.comparison?.lines.join('\n')).toMatch(/^dev: not any more in wave 1 .*: node-2, node-3$/m);
    expect(await it.desk.begin(next.id, 'ann', plain)).toEqual({ kind: 'held', cluster: 'dev', rollout });
  });

  it('not when it was made more than an hour ago, or when its preflight found blockers', async () => {
    const it = await fresh();
    await it.scheduler(fleetFile);
    const id = await ask(it, all);
    const draft = await it.made(id);
    const keep = (more: object) =>
      redis.redis.hset(`${it.prefix}:~draft:${id}`, 'draft', JSON.stringify({ ...draft, ...more }));
    const refused = (why: string) => ({ kind: 'refused', why: containing(why) });
    await keep({ madeAtMs: (draft.madeAtMs ?? 0) - HOUR_MS - 1 });
    expect(await it.desk.begin(id, 'ann', plain)).toMatchObject(refused('older than 60 minutes'));
    await keep({ preflight: { blockers: 2, warnings: 0, clusters: [] } });
    expect(await it.desk.begin(id, 'ann', plain)).toMatchObject(refused('2 blockers'));
    expect(await it.store.list()).toEqual([]);
    expect(await it.desk.begin(id, 'ann', { ...plain, ignoreBlockers: true })).toMatchObject({ kind: 'begun' });
  });
});

describe('the hosts', () => {
  it('are asked when a person wants it', async () => {
    const it = await fresh();
    const [nowMs, longAgoMs] = [await it.store.now(), 1_000_000_000];
    await it.store.keepNodeDone('dev', 'replaced', longAgoMs, longAgoMs);
    await it.store.keepNodeDone('dev', 'away', nowMs, nowMs);
    await it.store.keepNodeDone('dev', 'node-3', longAgoMs, longAgoMs);
    await it.scheduler(fleetFile);
    expect(await it.desk.askSurvey(['nowhere'])).toMatchObject({ kind: 'unknown', known: ['dev'] });
    expect(await it.desk.askSurvey([])).toEqual({ kind: 'asked', clusters: ['dev'] });
    const survey = await it.surveyed('dev', () => true);
    expect(survey).toMatchObject({ cluster: 'dev', stage: 'dev', fleetFile });
    const [one, two, three] = survey.nodes;
    expect(one).toMatchObject({ node: 'node-1', failure: '', patchedAtMs: null, wave: 0 });
    expect(one?.updates).toBeGreaterThan(0);
    expect(one?.runningKernel).toMatch(/^\d/);
    expect(one?.bootedAtMs).toBeLessThan(survey.atMs);
    expect(two).toMatchObject({ node: 'node-2', updates: 0, rebootDue: false, rebootReason: '' });
    expect(three).toMatchObject({ node: 'node-3', updates: null, rebootDue: null, patchedAtMs: longAgoMs });
    for (const of of ['done', 'patched']) {
      const known = await redis.redis.hkeys(`${it.prefix}:~survey:dev:${of}`);
      expect(known.toSorted()).toEqual(['away', 'node-3']);
    }
    expect(three?.failure).not.toBe('');
  });

  it('are asked though they were to be asked by a scheduler with a fleet file that nobody keeps any more', async () => {
    const it = await fresh();
    const queue = new PlanningQueue(await redis.connect(), it.prefix, () => {});
    onTestFinished(() => queue.close());
    await queue.addSurvey('dev', '/gone/fleet.yaml', false);
    const [, surveys] = queue.all();
    for (const job of (await surveys?.getJobs()) ?? [])
      await redis.redis.hset(`${it.prefix}:survey:${job.id}`, { timestamp: 1 });
    await queue.addDraft('d-gone', '/gone/fleet.yaml');
    await it.scheduler(fleetFile);
    expect(await it.desk.askSurvey([])).toMatchObject({ kind: 'asked' });
    await it.surveyed('dev', () => true);
    // Nor do they go round for ever.
    await until(async () => {
      const counts = await Promise.all(queue.all().map(each => each.count()));
      return counts.every(count => count === 0) ? true : undefined;
    }, 'queues without jobs');
  });

  it('are asked by themselves, and those a rollout was done with anew', async () => {
    const it = await fresh();
    const asks: string[] = [];
    const kernels = { expected: null, by: '', newest: '6.1.0-9' };
    const reboot = { needed: true, evidence: [], bootId: 'b', kernels };
    const probe: typeof it.probe = async host => {
      asks.push(host.name);
      return { pending: null, reboot, kernel: '6.1.0-1', uptimeSeconds: 60 };
    };
    await it.scheduler(fleetFile, { probe, surveyEveryMs: 6 * HOUR_MS });
    const first = await it.surveyed('dev', () => true);
    expect(asks.toSorted()).toEqual(['node-1', 'node-2', 'node-3']);
    expect(first.nodes[0]).toMatchObject({ updates: null, rebootDue: true, newestKernel: '6.1.0-9' });
    const doneMs = first.atMs + 1;
    await it.store.keepNodeDone('dev', 'node-2', doneMs, doneMs);
    await until(async () => {
      it.clock.jump(11_000);
      return asks.length > 3 ? true : undefined;
    }, 'a host that is asked anew');
    const second = await it.surveyed('dev', ({ nodes }) => (nodes[1]?.atMs ?? 0) > doneMs);
    expect(second.nodes.map(node => node.patchedAtMs)).toEqual([null, doneMs, null]);
    expect(new Set(asks.slice(3))).toEqual(new Set(['node-2']));
  });
});

describe('a schedule', () => {
  it('is added with what the fleet file of a scheduler knows', async () => {
    const it = await fresh();
    const good = { cron: '0 3 * * *', timeZone: 'UTC', clusters: ['dev'] };
    expect(await it.desk.addSchedule('nightly', good, 'ann')).toMatchObject({ kind: 'no-planner' });
    await it.scheduler(fleetFile);
    expect(await it.desk.addSchedule('nightly', { ...good, clusters: ['dew'], cron: 'x' }, 'ann')).toMatchObject({
      kind: 'wrong',
      problems: [expect.stringMatching(/^cron: /) as string, containing('dev')],
    });
    expect(await it.desk.addSchedule('nightly', good, 'ann')).toEqual({ kind: 'added' });
    expect(await it.desk.addSchedule('nightly', good, 'ann')).toEqual({ kind: 'taken' });
    expect(await it.desk.schedules.list()).toMatchObject([
      { schedule: { name: 'nightly', origin: 'hand', by: 'ann', fleetFile }, starts: [] },
    ]);
  });
});
