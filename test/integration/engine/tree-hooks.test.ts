import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import { testEngines } from '../../helpers/engines.ts';
import { hook, hookFolder } from '../../helpers/hooks.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';

const engine = await testEngines();
const TWO_WAVES = { dev: { a: [{ nodes: ['a1'] }, { nodes: ['a2', 'a3'] }] } };

describe('hooks around waves and clusters', () => {
  it('run in order around nodes and their steps, over a failure, a retry and a skip', async () => {
    const it = await engine();
    const { mark, lines } = hookFolder();
    const note = mark('$NODETIDE_WHEN $NODETIDE_OF $NODETIDE_OUTCOME $NODETIDE_CLUSTER $NODETIDE_WAVE $NODETIDE_NODES');
    const ofNode = mark('$NODETIDE_WHEN $NODETIDE_OF $NODETIDE_OUTCOME $NODETIDE_NODE');
    const cluster = [
      hook('noout', { when: 'before', of: 'cluster', run: note }),
      hook('out', { when: 'after', of: 'cluster', run: note, outcomes: ['done', 'aborted'] }),
      hook('w', { when: 'before', of: 'wave', run: note }),
      hook('x', { when: 'after', of: 'wave', run: note }),
    ];
    const node = [
      hook('n', { when: 'before', of: 'node', run: ofNode }),
      hook('m', { when: 'after', of: 'node', run: ofNode, outcomes: ['done', 'failed', 'skipped'] }),
      hook('r', { when: 'before', of: 'reboot', run: ofNode }),
    ];
    const steps = new ScriptedSteps();
    const broken = () => {
      throw fail('host-key-changed', { message: 'changed' });
    };
    steps.on('a1', 'reboot', broken);
    steps.on('a2', 'drain', broken);
    // Any number of schedulers may run: still each hook runs once.
    await Promise.all([it.scheduler(), it.scheduler(), it.scheduler()]);
    await it.worker(steps.steps());
    const plan = tinyPlan({ stages: TWO_WAVES, cluster: { hooks: cluster }, policy: { hooks: node } });
    const id = await it.rollout(plan);
    const failed = (name: string) => it.event(id, event => event.type === 'step-failed' && event.node === name);
    await failed('a1');
    steps.on('a1', 'reboot', null);
    await it.command(id, { kind: 'retry', cluster: 'a', node: 'a1' });
    await failed('a2');
    await it.command(id, { kind: 'skip', cluster: 'a', node: 'a2' });
    await it.ended(id);
    expect(lines()).toEqual([
      'before cluster a',
      'before wave a 1 a1',
      'before node a1',
      'before reboot a1',
      'after node failed a1',
      'before node a1',
      'before reboot a1',
      'after node done a1',
      'after wave done a 1 a1',
      'before wave a 2 a2 a3',
      'before node a2',
      'after node failed a2',
      'after node skipped a2',
      'before node a3',
      'before reboot a3',
      'after node done a3',
      'after wave done a 2 a2 a3',
      'after cluster done a',
    ]);
    const told = (await it.store.events(id)).flatMap(event =>
      event.type === 'hook-done' && !event.node ? [event] : [],
    );
    expect(told.map(event => [event.hook, event.wave])).toEqual([
      ['noout', undefined],
      ['w', 0],
      ['x', 0],
      ['w', 1],
      ['x', 1],
      ['out', undefined],
    ]);
  });

  it('one that stops keeps its wave waiting, with the reason, and lets it go on by itself', async () => {
    const it = await engine();
    const { path, mark, lines } = hookFolder();
    writeFileSync(path('shut'), '');
    const run = `${mark('tried')}; [ ! -e '${path('shut')}' ] || { echo no quorum; exit 7; }`;
    const hooks = [hook('quorum', { when: 'before', of: 'wave', run })];
    const steps = new ScriptedSteps();
    const first = await it.scheduler();
    await it.worker(steps.steps());
    const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['a1'] }] } }, cluster: { hooks } });
    const id = await it.rollout(plan);
    const reasons = ['hook quorum (before wave) failed: exit code 7: no quorum'];
    await it.event(id, event => event.type === 'waiting' && event.reasons[0] === reasons[0]);
    const waiting = await it.status(id);
    expect(waiting.clusters[0]?.waves[0]).toMatchObject({ state: 'pending', waiting: [{ reasons }] });
    expect(steps.acts).toEqual([]);
    rmSync(path('shut'));
    await first.stop();
    await it.scheduler();
    const status = await it.ended(id);
    expect(lines()).toEqual(['tried', 'tried']);
    expect(status.clusters[0]?.waves[0]?.waiting).toEqual([]);
  }, 30_000);

  it('one that warns is told and passed over', async () => {
    const it = await engine();
    const hooks = [
      hook('page', { when: 'after', of: 'wave', run: 'echo no route; exit 1' }),
      hook('chat', { when: 'before', of: 'cluster', onFailure: 'warn', run: 'exit 2' }),
    ];
    await it.scheduler();
    await it.worker(new ScriptedSteps().steps());
    const id = await it.rollout(tinyPlan({ stages: { dev: { a: [{ nodes: ['a1'] }] } }, cluster: { hooks } }));
    const { clusters } = await it.ended(id);
    expect(clusters[0]?.warnings).toEqual(['hook chat (before cluster) failed: exit code 2']);
    expect(clusters[0]?.waves[0]?.warnings).toEqual(['hook page (after wave) failed: exit code 1: no route']);
  });

  it('none runs before what a pause or an abort keeps from beginning; what had begun is told of the abort', async () => {
    const it = await engine();
    const { note, lines, path } = hookFolder();
    writeFileSync(path('shut'), '');
    const hooks = [
      hook('c', { when: 'before', of: 'cluster', run: note }),
      hook('w', { when: 'before', of: 'wave', run: `${note}; [ ! -e '${path('shut')}' ]` }),
      hook('x', { when: 'after', of: 'wave', run: note, outcomes: ['done', 'aborted'] }),
      hook('y', { when: 'after', of: 'cluster', run: note, outcomes: ['done', 'aborted'] }),
    ];
    await it.scheduler();
    await it.worker(new ScriptedSteps().steps());
    const id = await it.rollout(tinyPlan({ stages: TWO_WAVES, cluster: { hooks } }));
    await it.event(id, event => event.type === 'waiting' && /failed/.test(event.reasons[0] ?? ''));
    await it.command(id, { kind: 'pause' });
    await it.event(id, event => event.type === 'waiting' && event.reasons[0] === 'hook w: the rollout is paused');
    await it.command(id, { kind: 'abort' });
    const status = await it.ended(id);
    expect(status.counts.aborted).toBe(3);
    expect(lines()).toEqual(['before cluster c', 'before wave w', 'after wave aborted x', 'after cluster aborted y']);
  });

  it('cut off by the end of its scheduler runs again with another', async () => {
    const it = await engine();
    const { note, path, lines, seen } = hookFolder();
    const run = `${note}; [ -e '${path('second')}' ] || { : > '${path('second')}'; sleep 60; }`;
    const hooks = [
      hook('f', { when: 'before', of: 'wave', run: note }),
      hook('s', { when: 'before', of: 'wave', run }),
    ];
    const first = await it.scheduler();
    await it.worker(new ScriptedSteps().steps());
    const id = await it.rollout(tinyPlan({ stages: { dev: { a: [{ nodes: ['a1'] }] } }, cluster: { hooks } }));
    await seen('before wave s');
    await first.stop();
    await it.scheduler();
    await it.ended(id);
    expect(lines()).toEqual(['before wave f', 'before wave s', 'before wave s']);
  });
});
