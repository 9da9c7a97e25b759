import { describe, expect, it } from 'vitest';
import type { RolloutEvent } from '../../../shared/domain/events.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import { testEngines } from '../../helpers/engines.ts';
import { hook, hookFolder } from '../../helpers/hooks.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';

const engine = await testEngines();
const LONG_MS = 3_600_000;
/** Nothing ends by itself while a test runs. */
const LIMITS = { timeoutMs: LONG_MS, attempts: 3, backoffMs: LONG_MS, backoffMaxMs: LONG_MS };
const untilTold = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });

describe('an abort whose asker died before any nudge', () => {
  it('reaches what is in a visit, asleep, backing off, failed, in a hook, and in the hook of a wave', async () => {
    const it = await engine();
    const { note, lines, seen } = hookFolder();
    const steps = new ScriptedSteps();
    steps.on('visit', 'upgrade', context => untilTold(context.signal));
    steps.on('asleep', 'verify', async () => ({ kind: 'again', afterMs: LONG_MS, reason: 'soaking' }));
    steps.on('backing-off', 'drain', () => {
      throw fail('host-connection-lost', { message: 'lost' });
    });
    steps.on('failed', 'reboot', () => {
      throw fail('host-key-changed', { message: 'broken' });
    });
    const sleepy = (name: string, where: string) => `${note}; [ $${name} != ${where} ] || exec sleep 3600`;
    const hooks = [
      hook('slow', { when: 'before', of: 'check-reboot', timeoutMs: LONG_MS, run: sleepy('NODETIDE_NODE', 'hooked') }),
      hook('undo', { when: 'after', of: 'node', outcomes: ['aborted'], run: note }),
    ];
    const around = [
      hook('wave', { when: 'before', of: 'wave', timeoutMs: LONG_MS, run: sleepy('NODETIDE_CLUSTER', 'b') }),
      hook('end', { when: 'after', of: 'wave', outcomes: ['aborted'], run: note }),
    ];
    const nodes = ['visit', 'asleep', 'backing-off', 'failed', 'hooked'];
    const plan = tinyPlan({
      stages: { dev: { a: [{ nodes, concurrency: 5 }, { nodes: ['later'] }], b: [{ nodes: ['b1'] }] } },
      ...{ failureBudget: 9, limits: LIMITS, policy: { hooks }, cluster: { hooks: around } },
    });
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(plan);
    await steps.seen('visit', 'upgrade');
    for (const [type, node] of [
      ['step-waiting', 'asleep'],
      ['attempt-failed', 'backing-off'],
      ['step-failed', 'failed'],
    ] as const)
      await it.event(id, event => event.type === type && 'node' in event && event.node === node);
    await seen('before check-reboot slow hooked');
    await seen('before wave wave');
    // The wave of `a` and that of `b`.
    await seen('before wave wave', 2);
    // Not by `steer`: only the durable change.
    await it.store.command(id, { kind: 'abort' }, 'tester', '');
    const status = await it.ended(id);
    expect(status.counts).toMatchObject({ aborted: 7, done: 0 });
    expect(lines().filter(line => line.startsWith('after wave'))).toEqual([
      'after wave aborted end',
      'after wave aborted end',
    ]);
    expect(
      lines()
        .filter(line => line.startsWith('after node'))
        .toSorted(),
    ).toEqual(nodes.map(node => `after node aborted undo ${node}`).toSorted());
    for (const node of nodes) expect(status.nodes[`a/${node}`]?.left).toMatchObject({ well: false });
    expect(steps.acts.filter(({ node, phase }) => phase === 'begin' && ['later', 'b1'].includes(node))).toEqual([]);
  }, 60_000);

  it('and a skip that comes while a step goes to sleep is heard by the worker itself', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    const scheduler = await it.scheduler();
    steps.on('n1', 'verify', async () => {
      // Nobody is left who could mend what was missed.
      await scheduler.stop();
      await it.store.command(id, { kind: 'skip', cluster: 'a', node: 'n1' }, 'tester', '');
      return { kind: 'again', afterMs: LONG_MS, reason: 'soaking' };
    });
    await it.worker(steps.steps());
    const id = await it.rollout(tinyPlan({ stages: { dev: { a: [{ nodes: ['n1'] }] } }, limits: LIMITS }));
    await it.event(id, event => event.type === 'node-skipped');
    expect((await it.status(id)).nodes['a/n1']).toMatchObject({ state: 'skipped', step: 'verify' });
  }, 30_000);
});

it('a worker that stops in the midst of an abort is followed by another, with the same end, told once', async () => {
  const it = await engine();
  const { note, path, seen } = hookFolder();
  const steps = new ScriptedSteps();
  steps.on('n1', 'upgrade', context => untilTold(context.signal));
  const run = `${note}; [ -e '${path('second')}' ] || { : > '${path('second')}'; exec sleep 3600; }`;
  const hooks = [
    hook('begin', { when: 'before', of: 'node', run: ':' }),
    hook('undo', { when: 'after', of: 'node', outcomes: ['aborted'], timeoutMs: LONG_MS, run }),
  ];
  await it.scheduler();
  const first = await it.worker(steps.steps());
  const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1'] }] } }, limits: LIMITS, policy: { hooks } });
  const id = await it.rollout(plan);
  await steps.seen('n1', 'upgrade');
  await it.command(id, { kind: 'abort' });
  await seen('after node aborted undo n1');
  await first.stop();
  await it.worker(steps.steps());
  await it.ended(id);
  const told = (await it.store.events(id)).filter(({ type }) => type === 'node-aborted' || type === 'step-skipped');
  expect(told.map(({ type }) => type)).toEqual(['step-skipped', 'node-aborted']);
}, 60_000);

describe('a pause', () => {
  it.each([1, 4, 9, 14])(
    'after the %ith claim: nothing is taken until it is resumed; those away go on to their end',
    async nth => {
      const it = await engine();
      const steps = new ScriptedSteps();
      const wave = (cluster: string, index: number) => ({
        nodes: ['1', '2', '3'].map(name => `${cluster}${index}-${name}`),
        concurrency: 2,
      });
      const clusters = Object.fromEntries(['a', 'b', 'c'].map(name => [name, [wave(name, 1), wave(name, 2)]]));
      await it.scheduler();
      await it.scheduler();
      await it.worker(steps.steps());
      await it.worker(steps.steps());
      const id = await it.rollout(tinyPlan({ stages: { dev: clusters } }));
      let claims = 0;
      await it.event(id, event => event.type === 'node-claimed' && (claims += 1) === nth);
      await it.command(id, { kind: 'pause' });
      const claimed = namesOf(await it.store.events(id), 'node-claimed');
      for (const name of claimed) await it.event(id, event => event.type === 'node-done' && event.node === name);
      // Somebody wanted to take a further one, and was told.
      await it.event(id, event => event.type === 'waiting' && event.reasons.includes('the rollout is paused'));
      await it.command(id, { kind: 'resume' });
      await it.ended(id);
      const journal = await it.store.events(id);
      const at = (type: RolloutEvent['type']) => journal.findIndex(event => event.type === type);
      const held = journal.slice(at('rollout-paused'), at('rollout-resumed'));
      expect(namesOf(held, 'node-claimed')).toEqual([]);
      expect(namesOf(journal.slice(0, at('rollout-paused')), 'node-claimed')).toEqual(claimed);
      expect(namesOf(journal.slice(0, at('rollout-resumed')), 'node-done').toSorted()).toEqual(claimed.toSorted());
      expect(namesOf(journal, 'node-done')).toHaveLength(18);
    },
    60_000,
  );
});

function namesOf(events: readonly RolloutEvent[], type: 'node-claimed' | 'node-done'): string[] {
  return events.flatMap(event => (event.type === type ? [event.node] : []));
}
