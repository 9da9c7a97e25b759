import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import { testEngines } from '../../helpers/engines.ts';
import { hook, hookFolder } from '../../helpers/hooks.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';

const engine = await testEngines();
const ONE_NODE = { dev: { a: [{ nodes: ['a1'] }] } };

describe('hooks around a node', () => {
  it('run in order around each step and around the whole, with what they are about', async () => {
    const it = await engine();
    const { note, mark, lines } = hookFolder();
    const steps = new ScriptedSteps();
    const about = mark(
      '$NODETIDE_FLEET $NODETIDE_CLUSTER $NODETIDE_WAVE $NODETIDE_ADDRESS $NODETIDE_STEP $NODETIDE_ROUND',
    );
    const hooks = [
      hook('last', { when: 'after', of: 'node', run: note }),
      hook('silence', { when: 'before', of: 'node', run: `${note}; ${about}` }),
      hook('two', { when: 'before', of: 'drain', run: note }),
      hook('warm', { when: 'after', of: 'reboot', run: note }),
      hook('lights', { when: 'before', of: 'reboot', run: note }),
      hook('sad', { when: 'after', of: 'node', run: note, outcomes: ['failed', 'skipped', 'aborted'] }),
    ];
    await it.scheduler();
    await it.worker(steps.steps());
    const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['a1'] }, { nodes: ['a2'] }] } }, policy: { hooks } });
    const id = await it.rollout(plan);
    const status = await it.ended(id);
    const ran = (node: string, wave: number) => [
      `before node silence ${node}`,
      `tiny a ${wave} 127.0.0.1 drain 1`,
      `before drain two ${node}`,
      `before reboot lights ${node}`,
      `after reboot done warm ${node}`,
      `after node done last ${node}`,
    ];
    expect(lines()).toEqual([...ran('a1', 1), ...ran('a2', 2)]);
    const told = (await it.store.events(id)).filter(event => event.type === 'hook-done');
    expect(told).toHaveLength(10);
    expect(status.nodes['a/a1']?.warnings).toEqual([]);
  });

  it('one that stops fails its step before the step does anything; a retry runs it again', async () => {
    const it = await engine();
    const { note, path, lines } = hookFolder();
    const steps = new ScriptedSteps();
    writeFileSync(path('shut'), '');
    const hooks = [
      hook('fine', { when: 'before', of: 'node', run: note }),
      hook('lb', {
        when: 'before',
        of: 'drain',
        attempts: 2,
        run: `${note}; [ ! -e '${path('shut')}' ] || { printf 'no \\033[31msuch pool\\n'; exit 3; }`,
      }),
      hook('tell', { when: 'after', of: 'node', outcomes: ['failed'], run: `${note} $NODETIDE_CODE` }),
    ];
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(tinyPlan({ stages: ONE_NODE, policy: { hooks }, limits: { attempts: 3 } }));
    await it.event(id, event => event.type === 'step-failed');
    const failed = await it.status(id);
    expect(failed.nodes['a/a1']?.steps.drain.failure).toMatchObject({
      code: 'hook-failed',
      message: 'hook lb (before drain) failed: exit code 3: no such pool',
      seen: 'no such pool',
      leftAs: 'as the test left it',
    });
    expect(steps.acts.map(act => act.phase)).toEqual(['give-up']);
    const before = [
      'before node fine a1',
      'before drain lb a1',
      'before drain lb a1',
      'after node failed tell a1 hook-failed',
    ];
    expect(lines()).toEqual(before);
    rmSync(path('shut'));
    await it.command(id, { kind: 'retry', cluster: 'a', node: 'a1' });
    expect((await it.ended(id)).counts.done).toBe(1);
    // Days may have passed: what was told then does not hold for ever.
    expect(lines().slice(before.length)).toEqual(['before node fine a1', 'before drain lb a1']);
  });

  it('are not run again by a further attempt or visit of the same step', async () => {
    const it = await engine();
    const { note, lines } = hookFolder();
    const steps = new ScriptedSteps();
    const visits: number[] = [];
    steps.on('a1', 'verify', async context => {
      visits.push(context.attempt);
      if (visits.length === 1) throw fail('host-connection-lost', { message: 'lost' });
      return visits.length < 4 ? { kind: 'again', afterMs: 5, reason: 'soaking' } : undefined;
    });
    const hooks = [
      hook('b', { when: 'before', of: 'verify', run: note }),
      hook('a', { when: 'after', of: 'verify', run: note }),
    ];
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(tinyPlan({ stages: ONE_NODE, policy: { hooks }, limits: { attempts: 2 } }));
    await it.ended(id);
    expect(visits).toEqual([1, 2, 2, 2]);
    expect(lines()).toEqual(['before verify b a1', 'after verify done a a1']);
  });

  it('one that warns is told and passed over; it shows at the node', async () => {
    const it = await engine();
    const steps = new ScriptedSteps();
    const hooks = [
      hook('slack', { when: 'after', of: 'upgrade', run: 'echo no route; exit 1' }),
      hook('late', { when: 'before', of: 'upgrade', onFailure: 'warn', timeoutMs: 200, run: 'sleep 60' }),
    ];
    await it.scheduler();
    await it.worker(steps.steps());
    const id = await it.rollout(tinyPlan({ stages: ONE_NODE, policy: { hooks } }));
    const status = await it.ended(id);
    expect(status.counts.done).toBe(1);
    expect(status.nodes['a/a1']?.warnings).toEqual([
      'hook late (before upgrade) failed: control-command-timeout: the command did not end within 0.2 s',
      'hook slack (after upgrade) failed: exit code 1: no route',
    ]);
  });

  it('of a step that finds nothing to do are left out', async () => {
    const it = await engine();
    const { note, lines } = hookFolder();
    const steps = new ScriptedSteps();
    const shy = steps.steps().map(step => (step.name === 'reboot' ? { ...step, saysWork: true as const } : step));
    const hooks = [
      hook('b', { when: 'before', of: 'reboot', run: note }),
      hook('a', { when: 'after', of: 'reboot', run: note }),
      hook('n', { when: 'after', of: 'node', run: note }),
    ];
    await it.scheduler();
    await it.worker(shy);
    const id = await it.rollout(tinyPlan({ stages: ONE_NODE, policy: { hooks } }));
    await it.ended(id);
    expect(lines()).toEqual(['after node done n a1']);
  });

  it('after a node are told of a skip and of an abort, but not of what never began', async () => {
    const it = await engine();
    const { note, lines } = hookFolder();
    const steps = new ScriptedSteps();
    steps.on('a1', 'upgrade', () => {
      throw fail('host-key-changed', { message: 'changed' });
    });
    steps.on('a2', 'upgrade', () => {
      throw fail('host-key-changed', { message: 'changed' });
    });
    const hooks = [
      hook('n', { when: 'after', of: 'node', run: note, outcomes: ['done', 'skipped', 'aborted'] }),
      hook('s', { when: 'after', of: 'upgrade', run: note, outcomes: ['skipped', 'aborted'] }),
      hook('v', { when: 'after', of: 'verify', run: note, outcomes: ['skipped', 'aborted'] }),
    ];
    await it.scheduler();
    await it.worker(steps.steps());
    const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['a1', 'a2', 'a3'] }] } }, policy: { hooks } });
    const id = await it.rollout(plan);
    const failures = (node: string) => it.event(id, event => event.type === 'step-failed' && event.node === node);
    await failures('a1');
    await it.command(id, { kind: 'skip', cluster: 'a', node: 'a1' });
    await failures('a2');
    await it.command(id, { kind: 'abort' });
    await it.ended(id);
    expect(lines()).toEqual([
      'after upgrade skipped s a1',
      'after node skipped n a1',
      'after upgrade aborted s a2',
      'after node aborted n a2',
    ]);
  });

  it('cut off by the end of its worker runs again with another, and none runs for a worker that was overtaken', async () => {
    const it = await engine();
    const { note, path, lines, seen } = hookFolder();
    const steps = new ScriptedSteps();
    const run = `${note}; [ -e '${path('second')}' ] || { : > '${path('second')}'; sleep 60; }; echo through >> '${path('ran')}'`;
    const hooks = [
      hook('first', { when: 'before', of: 'node', run: note }),
      hook('slow', { when: 'before', of: 'node', run }),
      hook('third', { when: 'before', of: 'node', run: note }),
    ];
    await it.scheduler();
    const first = await it.worker(steps.steps());
    const id = await it.rollout(tinyPlan({ stages: ONE_NODE, policy: { hooks } }));
    await seen('before node slow a1');
    await first.stop();
    await it.worker(steps.steps());
    await it.ended(id);
    expect(lines()).toEqual([
      'before node first a1',
      'before node slow a1',
      'before node slow a1',
      'through',
      'before node third a1',
    ]);
  });
});
