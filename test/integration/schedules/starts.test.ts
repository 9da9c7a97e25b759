import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { planNodes } from '../../../shared/domain/plan.ts';
import { NOT_NARROWED } from '../../../shared/domain/plan-build/narrow.ts';
import type { StoredSchedule } from '../../../shared/domain/schedule.ts';
import { RedisOutbox } from '../../../shared/journal/outbox.ts';
import { editFleet } from '../../helpers/edit-fleet.ts';
import { delivery, hookTarget } from '../../helpers/notify.ts';
import { privateRedis, testRedis } from '../../helpers/redis.ts';
import { instead } from '../../helpers/schedule-store.ts';
import { type Scheduled, scheduled } from '../../helpers/scheduled.ts';
import { kickstart, tinyWorld } from '../../helpers/simulation.ts';

const MINUTE_MS = 60_000;
const redis = await testRedis();
/** `node-1` has updates, `node-2` has none, `node-3` does not answer. */
const simulation = await kickstart(
  tinyWorld({
    nodes: 3,
    change: { 'node-2': { newKernel: null }, 'node-3': { faults: { connect: 'refuse' } } },
  }),
);
afterAll(() => simulation.close());

let made = 0;
/** A corner of its own for each test. */
async function fresh(world = simulation): Promise<Scheduled & { readonly prefix: string }> {
  made += 1;
  const prefix = `${redis.prefix}-${made}`;
  return { ...(await scheduled(world, prefix, () => redis.connect())), prefix };
}

const rolloutIds = async ({ store }: Scheduled): Promise<string[]> => (await store.list()).map(({ id }) => id);
const nodes = (...names: string[]) => ({ ...NOT_NARROWED, nodes: names });

describe('a start is one', () => {
  it('with three schedulers running', async () => {
    const it = await fresh();
    await it.schedules.add(it.schedule());
    await Promise.all([it.scheduler(), it.scheduler(), it.scheduler()]);
    const dueMs = await it.due('nightly');
    expect(await it.outcome('nightly')).toMatchObject({ dueMs, by: '', outcome: { kind: 'started' } });
    await it.later(20);
    expect(await rolloutIds(it)).toEqual([it.rolloutOf('nightly', dueMs)]);
    expect(await it.schedules.starts('nightly')).toHaveLength(1);
  });

  it("by BullMQ's word alone", async () => {
    const it = await fresh();
    await it.schedules.add(it.schedule());
    let rounds = 0;
    const store = instead(it.schedules, 'schedules', () => {
      rounds += 1;
      return rounds === 1 ? null : Promise.reject(new Error('nobody looks'));
    });
    await it.scheduler({ store });
    const dueMs = await it.due('nightly');
    expect((await it.outcome('nightly', dueMs)).outcome).toMatchObject({ kind: 'started' });
  });

  it('when BullMQ wakes nobody', async () => {
    const it = await fresh();
    // In ten minutes, for BullMQ; in one of ours.
    const due = new Date(Date.now() + 10 * MINUTE_MS);
    await it.schedules.add(it.schedule({ cron: `${due.getUTCMinutes()} * * * *` }));
    await it.scheduler();
    await it.later(11 * 60);
    await it.outcome('nightly');
    expect(await rolloutIds(it)).toHaveLength(1);
  });

  it('although a clock was a year ahead once', async () => {
    const it = await fresh();
    await it.schedules.add(it.schedule());
    const farMs = Date.now() + 365 * 1440 * MINUTE_MS;
    expect((await it.schedules.claim('nightly', farMs, '')).kind).toBe('over');
    await redis.redis.hset(`${it.prefix}:~schedule:nightly:state`, 'seen', farMs);
    await it.scheduler();
    const dueMs = await it.due('nightly');
    expect((await it.outcome('nightly', dueMs)).outcome?.kind).toBe('started');
    await it.later(20);
    expect(await rolloutIds(it)).toHaveLength(1);
  });

  it('when its scheduler dies after the rollout was made, before it was told', async () => {
    const it = await fresh();
    await it.schedules.add(it.schedule());
    let deaths = 0;
    const dying = instead(it.schedules, 'settle', () => {
      deaths += 1;
      return deaths === 1 ? Promise.reject(new Error('dies here')) : null;
    });
    await it.scheduler({ store: dying });
    const dueMs = await it.due('nightly');
    expect((await it.outcome('nightly', dueMs)).outcome).toMatchObject({ kind: 'started' });
    expect(deaths).toBe(2);
    expect(await rolloutIds(it)).toEqual([it.rolloutOf('nightly', dueMs)]);
  });

  it('when its scheduler stops while it asks the hosts', async () => {
    const it = await fresh();
    await it.schedules.add(it.schedule({ onlyIf: 'updates', narrow: nodes('node-1') }));
    let asked = () => {};
    const asking = new Promise<void>(resolve => {
      asked = resolve;
    });
    const first = await it.scheduler({
      probe: (_host, _policy, signal) =>
        new Promise((_, reject) => {
          asked();
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        }),
    });
    const dueMs = await it.due('nightly');
    await asking;
    await first.stop();
    await it.scheduler();
    expect((await it.outcome('nightly', dueMs)).outcome).toMatchObject({
      kind: 'started',
      note: 'of 1 host 1 has updates',
    });
    expect(await rolloutIds(it)).toEqual([it.rolloutOf('nightly', dueMs)]);
  });

  it('or none, when its schedule is taken away while it asks the hosts', async () => {
    const it = await fresh();
    await it.schedules.add(it.schedule({ onlyIf: 'updates', narrow: nodes('node-1') }));
    let asked = () => {};
    const asking = new Promise<void>(resolve => {
      asked = resolve;
    });
    const running = await it.scheduler({
      probe: async () => {
        await it.schedules.remove('nightly');
        asked();
        throw new Error('no answer');
      },
    });
    const dueMs = await it.due('nightly');
    await asking;
    await vi.waitFor(async () => expect(await it.queue.queue.getJob(`nightly_${dueMs}`)).toBeUndefined(), 20_000);
    await running.stop();
    expect(await it.schedules.schedule('nightly')).toBeNull();
    expect(await rolloutIds(it)).toEqual([]);
  });

  it('over a restart of Redis', async () => {
    const own = await privateRedis();
    const it = await scheduled(simulation, 'nodetide', () => own.connect());
    await it.schedules.add(it.schedule());
    await it.scheduler();
    await own.kill();
    const dueMs = await it.due('nightly');
    await it.outcome('nightly', dueMs);
    await own.kill();
    await it.later(20);
    expect(await rolloutIds(it)).toEqual([it.rolloutOf('nightly', dueMs)]);
  });

  it('also in the store: whoever claims it again gets the same, and nothing once it is over', async () => {
    const it = await fresh();
    await it.schedules.add(it.schedule());
    const dueMs = Date.now() + MINUTE_MS;
    const claims = await Promise.all([1, 2, 3].map(() => it.schedules.claim('nightly', dueMs, '')));
    expect(claims.map(claim => claim.kind === 'open' && claim.record.begunAtMs)).toEqual(
      Array(3).fill(claims[0]?.kind === 'open' && claims[0].record.begunAtMs),
    );
    const outbox = new RedisOutbox(await redis.connect(), it.prefix);
    const words = async () => (await outbox.list()).map(each => each.delivery.message.title);
    await it.schedules.settle('nightly', dueMs, { kind: 'skipped', note: 'first' }, [
      delivery(hookTarget('a'), '1', 'x'),
    ]);
    expect(await words()).toEqual(['x']);
    await it.schedules.settle('nightly', dueMs, { kind: 'failed', note: 'second' }, [
      delivery(hookTarget('a'), '2', 'y'),
    ]);
    expect(await words()).toEqual(['x']);
    expect((await it.schedules.starts('nightly'))[0]?.outcome).toEqual({ kind: 'skipped', note: 'first' });
    expect(await it.schedules.claim('nightly', dueMs, '')).toEqual({ kind: 'over' });
    // An earlier one is not begun after a later one; a person's is, whenever it is.
    expect(await it.schedules.claim('nightly', dueMs - MINUTE_MS, '')).toEqual({ kind: 'over' });
    expect(await it.schedules.claim('nightly', dueMs - MINUTE_MS, 'ann')).toMatchObject({ kind: 'open' });
  });
});

describe('a start that was missed', () => {
  /** Due half an hour ago, when nobody was there. */
  async function missed(catchUpMs: number) {
    const it = await fresh();
    const due = new Date(Date.now() - 30 * MINUTE_MS);
    await it.schedules.add(it.schedule({ cron: `${due.getUTCMinutes()} * * * *`, catchUpMs }));
    await redis.redis.hset(`${it.prefix}:~schedule:nightly:state`, 'seen', Date.now() - 300 * MINUTE_MS);
    await it.scheduler();
    const record = await it.outcome('nightly');
    expect(record.dueMs).toBe(Math.floor(due.getTime() / MINUTE_MS) * MINUTE_MS);
    expect(await it.schedules.starts('nightly')).toHaveLength(1);
    return record.outcome?.kind;
  }

  it('is made up for within its time, the last of several', async () => {
    expect(await missed(60 * MINUTE_MS)).toBe('started');
  });

  it('is told after that', async () => {
    expect(await missed(10 * MINUTE_MS)).toBe('missed');
    expect(await missed(0)).toBe('missed');
  });
});

describe('while a rollout has its clusters', () => {
  it('a start is left out with overlap: skip', async () => {
    const it = await fresh();
    await it.schedules.add(it.schedule());
    await it.scheduler();
    const first = await it.due('nightly');
    await it.outcome('nightly', first);
    const second = await it.due('nightly');
    expect((await it.outcome('nightly', second)).outcome).toEqual({
      kind: 'skipped',
      note: `rollout ${it.rolloutOf('nightly', first)} is under way`,
    });
    await it.end(it.rolloutOf('nightly', first));
    const third = await it.due('nightly');
    expect((await it.outcome('nightly', third)).outcome).toMatchObject({ kind: 'started' });
  });

  it('one start waits with overlap: queue, and begins when it has ended', async () => {
    const it = await fresh();
    await it.schedules.add(it.schedule({ overlap: 'queue' }));
    await it.scheduler();
    const first = await it.due('nightly');
    await it.outcome('nightly', first);
    const running = it.rolloutOf('nightly', first);
    const second = await it.due('nightly');
    await it.start('nightly', record => record.waitsFor === `the end of rollout ${running}`);
    const third = await it.due('nightly');
    expect((await it.outcome('nightly', third)).outcome).toEqual({
      kind: 'skipped',
      note: `rollout ${running} is under way, and an earlier start waits for its end`,
    });
    await it.end(running);
    await it.look();
    expect((await it.outcome('nightly', second)).outcome).toMatchObject({
      kind: 'started',
      rollout: it.rolloutOf('nightly', second),
    });
  });
});

describe('only if there is something to do', () => {
  async function came(schedule: Partial<StoredSchedule>) {
    const it = await fresh();
    await it.schedules.add(it.schedule(schedule));
    await it.scheduler();
    await it.schedules.claim('nightly', 1_000, 'ann');
    await it.queue.addStart('nightly', 1_000, 'ann');
    return (await it.outcome('nightly', 1_000)).outcome;
  }

  it.each([
    ['updates', 'node-1', 'started', 'of 1 host 1 has updates'],
    ['reboots', 'node-1', 'nothing', 'of 1 host 0 ask for a reboot'],
    ['either', 'node-2', 'nothing', 'of 1 host 0 have updates, 0 ask for a reboot'],
  ] as const)('%s on %s: %s', async (onlyIf, node, kind, note) => {
    expect(await came({ onlyIf, narrow: nodes(node) })).toMatchObject({ kind, note });
  });

  it('a host that cannot be asked counts as one with work, and is named', async () => {
    const outcome = await came({ onlyIf: 'either', narrow: nodes('node-2', 'node-3') });
    expect(outcome).toMatchObject({ kind: 'started' });
    expect(outcome?.note).toMatch(/^of 2 hosts 0 have updates, 0 ask for a reboot, 1 cannot be asked \(dev\/node-3: /);
  });

  it('mode watch rolls the nodes that ask for a reboot, upgrades nothing, and leaves silent hosts out', async () => {
    const it = await fresh();
    await it.schedules.add(it.schedule({ mode: 'watch' }));
    await it.scheduler();
    const first = await it.due('nightly');
    expect((await it.outcome('nightly', first)).outcome).toMatchObject({
      kind: 'nothing',
      note: expect.stringMatching(/^of 3 hosts 0 ask for a reboot, 1 cannot be asked/) as string,
    });
    await it.onHost('dev', 'node-2', 'touch /run/reboot-required');
    const second = await it.due('nightly');
    expect((await it.outcome('nightly', second)).outcome).toMatchObject({ kind: 'started' });
    const plan = await it.store.plan(it.rolloutOf('nightly', second));
    expect(plan && planNodes(plan).map(({ name }) => name)).toEqual(['node-2']);
    expect(Object.values(plan?.policies ?? {}).map(policy => policy.upgrade.manager)).toEqual(['none']);
  });
});

describe('what speaks against a start', () => {
  it('is what came of it, and the schedule goes on', async () => {
    const it = await fresh();
    const fleetFile = join(simulation.folder, 'later.yaml');
    await it.schedules.add(it.schedule({ fleetFile, narrow: { ...NOT_NARROWED, nodes: ['node-9'] } }));
    await it.scheduler();
    const first = await it.due('nightly');
    expect((await it.outcome('nightly', first)).outcome).toMatchObject({
      kind: 'failed',
      note: expect.stringContaining('the fleet file is missing') as string,
    });
    writeFileSync(fleetFile, 'fleet: wrong');
    const second = await it.due('nightly');
    expect((await it.outcome('nightly', second)).outcome).toMatchObject({
      kind: 'refused',
      note: expect.stringMatching(/later\.yaml:1:\d+: .*and \d more$/) as string,
    });
    await it.schedules.remove('nightly');
    await it.schedules.add(it.schedule({ narrow: { ...NOT_NARROWED, nodes: ['node-9'] } }));
    const third = await it.due('nightly');
    expect((await it.outcome('nightly', third)).outcome).toEqual({
      kind: 'refused',
      note: 'no inventory has a node node-9; did you mean node-1?',
    });
  });
});

describe('a cluster', () => {
  it('that cannot be reached is what came of a start', async () => {
    const it = await fresh();
    const fleetFile = join(simulation.folder, 'unreachable.yaml');
    const kubeconfig = readFileSync(simulation.files.kubeconfig, 'utf8');
    writeFileSync(join(simulation.folder, 'nowhere'), kubeconfig.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:1'));
    writeFileSync(fleetFile, readFileSync(simulation.files.fleetFile, 'utf8'));
    await editFleet(fleetFile, { clusters: { dev: { kubernetes: { kubeconfig: 'nowhere' } } } });
    await it.schedules.add(it.schedule({ fleetFile }));
    await it.scheduler();
    const dueMs = await it.due('nightly');
    const { outcome } = await it.outcome('nightly', dueMs);
    expect(outcome).toMatchObject({ kind: 'failed', note: expect.stringContaining('dev') as string });
  });

  it('in which a drain could never end refuses the start, as run would', async () => {
    const blocked = await kickstart(
      tinyWorld({
        nodes: 1,
        cluster: {
          workloads: [{ kind: 'Deployment', name: 'web', replicas: 1 }],
          pdbs: [{ name: 'web', matchLabels: { app: 'web' }, minAvailable: 1 }],
        },
      }),
    );
    onTestFinished(() => blocked.close());
    const it = await fresh(blocked);
    await it.schedules.add(it.schedule());
    await it.scheduler();
    const dueMs = await it.due('nightly');
    expect((await it.outcome('nightly', dueMs)).outcome).toMatchObject({
      kind: 'refused',
      note: expect.stringMatching(/^the preflight found what would stop it: /) as string,
    });
    expect(await rolloutIds(it)).toEqual([]);
  });
});

describe('the schedules of a fleet file', () => {
  it('are kept like it while a scheduler runs, beside those added by hand', async () => {
    const it = await fresh();
    const fleetFile = join(simulation.folder, 'kept.yaml');
    const one = { cron: '0 3 * * *', timeZone: 'UTC' };
    const write = async (schedules: object) => {
      writeFileSync(fleetFile, readFileSync(simulation.files.fleetFile, 'utf8'));
      await editFleet(fleetFile, { schedules });
    };
    await it.schedules.add(it.schedule({ name: 'mine', cron: '0 * * * *' }));
    await write({ nightly: one, mine: one });
    await it.scheduler({ fleetFile });
    const names = async () => (await it.schedules.schedules()).map(({ name, cron }) => `${name} ${cron}`);
    expect(await names()).toEqual(['mine 0 * * * *', 'nightly 0 3 * * *']);
    await write({ weekly: one });
    await it.later(5);
    expect(await names()).toEqual(['mine 0 * * * *', 'weekly 0 3 * * *']);
    writeFileSync(fleetFile, 'fleet: wrong');
    await it.later(5);
    expect(await names()).toEqual(['mine 0 * * * *', 'weekly 0 3 * * *']);
  });
});
