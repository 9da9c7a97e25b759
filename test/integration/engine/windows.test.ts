import { describe, expect, it } from 'vitest';
import type { RolloutEvent } from '../../../shared/domain/events.ts';
import type { WindowPolicy } from '../../../shared/domain/window/window.ts';
import { testEngines } from '../../helpers/engines.ts';
import { JumpClock } from '../../helpers/jump-clock.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';

const engine = await testEngines();
const HOUR_MS = 3_600_000;

/** Every day 12:00 to 13:00. */
const NOON: WindowPolicy = {
  rules: [{ kind: 'clock', days: [0, 1, 2, 3, 4, 5, 6], weeks: [], fromMinute: 720, toMinute: 780, zone: 'UTC' }],
  freezes: [],
  nodeTakesMs: 10 * 60_000,
};

/** Puts the clock forward to the next time it shows `hours` (UTC). */
function putTo(clock: JumpClock, hours: number): void {
  const now = clock.now();
  const at = Math.floor(now / (24 * HOUR_MS)) * 24 * HOUR_MS + hours * HOUR_MS;
  clock.jump((at > now ? at : at + 24 * HOUR_MS) - now);
}

const waitsFor = (text: string) => (event: RolloutEvent) =>
  event.type === 'waiting' && event.reasons.some(reason => reason.includes(text));
const stepWaitsFor = (node: string, text: string) => (event: RolloutEvent) =>
  event.type === 'step-waiting' && event.node === node && event.reason.includes(text);

async function world(nodes: string[]) {
  const clock = new JumpClock();
  const it = await engine({ clock });
  const steps = new ScriptedSteps();
  const hours = new Map<string, number>();
  for (const step of ['drain', 'upgrade', 'reboot'] as const) {
    steps.on('*', step, context => {
      hours.set(`${context.node.name} ${step}`, (clock.now() % (24 * HOUR_MS)) / HOUR_MS);
      return Promise.resolve(undefined);
    });
  }
  const begin = async () => {
    await it.scheduler();
    await it.worker(steps.steps());
    return it.rollout(tinyPlan({ stages: { dev: { a: [{ nodes }] } }, cluster: { window: NOON } }));
  };
  return { clock, it, steps, hours, begin };
}

describe('a window', () => {
  it('lets no node begin before it opens, and all when it does', async () => {
    const { clock, it, steps, hours, begin } = await world(['n1', 'n2']);
    putTo(clock, 11.9);
    const id = await begin();
    await it.event(id, waitsFor('outside the window; opens'));
    expect(steps.acts).toEqual([]);
    putTo(clock, 12);
    await it.queues.promoteTree(id);
    expect((await it.ended(id)).counts).toMatchObject({ done: 2 });
    expect(Math.min(...hours.values())).toBeGreaterThanOrEqual(12);
    expect(steps.ends('n1', 'uncordon')).toBe(1);
  }, 60_000);

  it('that closes in the midst lets nothing more begin; the next one carries on, and nothing is done twice', async () => {
    const { clock, it, steps, begin } = await world(['n1', 'n2']);
    putTo(clock, 12);
    steps.on('n1', 'upgrade', async () => {
      putTo(clock, 13);
      return undefined;
    });
    const id = await begin();
    await it.event(id, stepWaitsFor('n1', 'outside the window; opens'));
    expect(steps.acts.filter(act => act.step === 'reboot')).toEqual([]);
    // A minute before the window ends there is not enough left of it for a node that has not begun.
    putTo(clock, 12 + 59 / 60);
    await steps.seen('n1', 'uncordon', 'end');
    await it.event(id, waitsFor('the window closes'));
    expect(steps.acts.filter(act => act.node === 'n2')).toEqual([]);
    putTo(clock, 12);
    await it.queues.promoteTree(id);
    const status = await it.ended(id);
    expect(status.counts).toMatchObject({ done: 2 });
    for (const node of ['n1', 'n2']) expect(steps.ends(node, 'upgrade')).toBe(1);
  }, 90_000);
});
