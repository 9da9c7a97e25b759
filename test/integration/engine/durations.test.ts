import { expect, it } from 'vitest';
import { MOST_TIMES } from '../../../shared/domain/durations/times.ts';
import type { RedisStore } from '../../../shared/journal/store.ts';
import { testEngines } from '../../helpers/engines.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';

const engine = await testEngines();

/** A store of which a scheduler dies right after it kept what a node took, the first few times. */
function dying(store: RedisStore, deaths: { left: number }): RedisStore {
  const dyingKeep: RedisStore['keepTimes'] = async (...args) => {
    const kept = await store.keepTimes(...args);
    deaths.left -= 1;
    if (deaths.left >= 0) throw new Error('the scheduler dies');
    return kept;
  };
  return new Proxy(store, {
    get: (target, key) => {
      if (key === 'keepTimes') return dyingKeep;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function workingSteps(): ScriptedSteps {
  const steps = new ScriptedSteps();
  const proof = { exitCode: 0, changes: [] };
  steps.on('*', 'upgrade', () => Promise.resolve({ kind: 'done', proof: proof as never, note: 'upgraded' }));
  return steps;
}

it('what nodes took is kept once each, though schedulers die right after', async () => {
  const deaths = { left: 3 };
  const it = await engine({ wrapStore: store => dying(store, deaths) });
  await Promise.all([it.scheduler(), it.scheduler()]);
  await it.worker(workingSteps().steps());
  const id = await it.rollout(tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2', 'cp1'], concurrency: 3 }] } } }));
  const status = await it.ended(id);
  expect(status.counts).toMatchObject({ done: 3 });
  expect(deaths.left).toBeLessThan(0);
  const known = await it.store.durations('a');
  const ids = (kind: string) => (known[kind] ?? []).map(times => times.id).sort();
  expect([ids('worker'), ids('control-plane')]).toEqual([[`${id}/n1/1`, `${id}/n2/1`], [`${id}/cp1/1`]]);
  for (const { id: of, atMs, steps } of known['worker'] ?? []) {
    const node = status.nodes[`a/${of.split('/')[1]}`];
    expect(atMs).toBe(node?.endedAtMs);
    for (const [name, step] of Object.entries(node?.steps ?? {})) {
      expect(steps[name as keyof typeof steps]).toBe((step.endedAtMs ?? 0) - (step.startedAtMs ?? 0));
    }
  }
}, 60_000);

it('the last so many of a kind stay, and nothing comes back', async () => {
  const { store } = await engine();
  const times = (at: number) => ({ id: `r/n${at}/1`, atMs: at, steps: { drain: at } });
  const keep = (...order: number[]) => Promise.all(order.map(at => store.keepTimes('a', 'worker', times(at))));
  const order = Array.from({ length: MOST_TIMES + 20 }, (_, index) => index + 1);
  expect((await keep(...order.filter(at => at % 2 === 0))).every(kept => kept)).toBe(true);
  await keep(...order);
  const known = (await store.durations('a'))['worker'] ?? [];
  expect(known.map(each => each.atMs)).toEqual(order.slice(20));
  expect(await keep(1, 20, 21, MOST_TIMES)).toEqual([false, false, false, false]);
  expect((await store.durations('a'))['worker']).toEqual(known);
  expect(await store.durations('b')).toEqual({});
});
