import { expect, it } from 'vitest';
import type { ServiceLog } from '../../../services/common/log.ts';
import { toldStore } from '../../../services/common/told-store.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import { testEngines } from '../../helpers/engines.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';

const engines = await testEngines();

it('tells the story of a node to who searches for its name', async () => {
  const lines: { readonly fields: Readonly<Record<string, unknown>>; readonly message: string }[] = [];
  const say = (fields: Readonly<Record<string, unknown>>, message: string) => void lines.push({ fields, message });
  const log: ServiceLog = { info: say, warn: say, error: say };
  const engine = await engines({ wrapStore: store => toldStore(store, log) });
  const steps = new ScriptedSteps();
  steps.on('n1', 'upgrade', () => Promise.reject(fail('step-timeout', { message: 'too long', seen: 'nothing' })));
  const looks = { left: 3 };
  steps.on('n1', 'drain', async () => {
    looks.left -= 1;
    return looks.left > 0 ? { kind: 'again', afterMs: 1, reason: 'waiting for shop/web-1' } : undefined;
  });
  const id = await engine.rollout(tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2'] }] } } }));
  await engine.scheduler();
  await engine.worker(steps.steps());
  await engine.event(id, event => event.type === 'step-failed');
  steps.on('n1', 'upgrade', null);
  await toldStore(engine.store, log).command(id, { kind: 'skip', cluster: 'a', node: 'n1' }, 'eve', 'it is old');
  await engine.command(id, { kind: 'skip', cluster: 'a', node: 'n1' });
  await engine.ended(id);

  const job = (step: string) => `${id}_a_n1_r1_${step}`;
  const story = lines.filter(({ fields }) => fields['node'] === 'n1');
  const told = story.map(({ fields, message }) => [message, fields['step']].filter(Boolean).join(' '));
  const upToSkip = told.slice(0, told.indexOf('command') + 1);
  expect(upToSkip).toEqual([
    'node claimed',
    'step started drain',
    'step waits drain',
    'step done drain',
    'step started upgrade',
    'step failed upgrade',
    'command',
  ]);
  expect(told).toContain('step skipped upgrade');
  const failed = story.find(({ message }) => message === 'step failed');
  expect(failed?.fields).toMatchObject({
    rollout: id,
    cluster: 'a',
    job: job('upgrade'),
    code: 'step-timeout',
    error: 'too long',
  });
  expect(story.find(({ message }) => message === 'command')?.fields).toMatchObject({
    command: 'skip',
    by: 'eve',
    why: 'it is old',
  });
  const tree = lines.filter(({ fields }) => fields['node'] === undefined).map(({ message }) => message);
  for (const message of ['rollout started', 'wave started', 'wave done', 'rollout ended'])
    expect(tree.filter(each => each === message)).toEqual([message]);
});
