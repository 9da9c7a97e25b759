import { expect, it } from 'vitest';
import { foldStatus } from '../../../shared/domain/fold.ts';
import { OpenWave } from '../../helpers/open-wave.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { testRedis } from '../../helpers/redis.ts';

const redis = await testRedis();

const told = { act: 'deleting', pods: [{ pod: 'shop/b', budgets: ['web'], refusedForMs: 600_000 }] } as const;
const ref = { cluster: 'a', node: 'n1', round: 1, step: 'drain' } as const;

async function begun() {
  const wave = await OpenWave.of(redis, tinyPlan({ stages: { dev: { a: [{ nodes: ['n1'] }] } } }));
  const [slot = ''] = await wave.slots();
  await wave.claim(slot);
  const answer = await wave.store.begin(wave.id, ref, 1);
  if (answer.kind !== 'go') throw new Error(answer.kind);
  const { epoch } = answer;
  const report = (report: Parameters<typeof wave.store.report>[3], as = epoch) =>
    wave.store.report(wave.id, ref, as, report);
  const events = async () => (await wave.store.events(wave.id)).filter(({ type }) => type === 'drain-escalated');
  return { wave, epoch, report, events };
}

it('what is told with a memory is in the journal once, however often it is reported', async () => {
  const { wave, report, events } = await begun();
  const memory = { drain: { refusals: { u1: 'told' } } };
  // A client whose connection broke before the answer sends it again.
  await report({ outcome: 'memory', memory, told });
  await report({ outcome: 'memory', memory, told });
  expect(await events()).toMatchObject([{ ...ref, ...told }]);
  expect(await wave.store.begin(wave.id, ref, 1)).toMatchObject({ kind: 'go', memory });
});

it('a worker that was replaced tells nothing', async () => {
  const { wave, epoch, report, events } = await begun();
  await wave.store.begin(wave.id, ref, 1);
  expect(await report({ outcome: 'memory', memory: {}, told }, epoch)).toMatchObject({ ok: false, why: 'superseded' });
  expect(await events()).toEqual([]);
});

it('people see it until the next word of the step', async () => {
  const { wave, report } = await begun();
  const reason = async () => {
    const status = foldStatus(wave.plan, wave.id, await wave.store.events(wave.id));
    return status.nodes['a/n1']?.reason;
  };
  await report({ outcome: 'waiting', reason: 'waiting for shop/b' });
  await report({ outcome: 'memory', memory: { told: true }, told });
  expect(await reason()).toBe('deleting though budgets refuse: shop/b (web, 10 min)');
  await report({ outcome: 'waiting', reason: 'waiting for shop/b' });
  expect(await reason()).toBe('waiting for shop/b');
});
