import { expect, it } from 'vitest';
import { drainStep } from '../../../services/workers/steps/drain/step.ts';
import { rebootStep } from '../../../services/workers/steps/reboot/step.ts';
import { upgradeStep } from '../../../services/workers/steps/upgrade/step.ts';
import { isToGiveBack } from '../../../services/workers/window-release.ts';
import type { Step, StepContext } from '../../../shared/ports/step.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { tinyPlan, tinyPolicy } from '../../helpers/plan.ts';

const clock = new FakeClock();
const [node] =
  tinyPlan({ stages: { s: { c: [{ nodes: ['a'] }] } }, kubernetes: true }).stages[0]?.clusters[0]?.waves[0]?.nodes ??
  [];
const drained = { drain: { cordonedByUs: true, drained: true } };
const upgraded = { ...drained, upgrade: { exitCode: 0, changes: [{ name: 'a', before: '1', after: '2' }] } };
const nothing = { ...drained, upgrade: { exitCode: null, changes: [] } };
const MINUTE = 60_000;

function asked(step: unknown, context: object, opensInMs: number | null): boolean {
  const fence = { installation: 'i', rollout: 'r', node: 'a', round: 1, epoch: 1 };
  const whole = { node, fence, policy: tinyPolicy(), proofs: drained, memory: null, clock, ...context };
  const opensAtMs = opensInMs === null ? null : clock.now() + opensInMs;
  return isToGiveBack(step as Step, whole as unknown as StepContext<unknown>, { reason: 'closed', opensAtMs });
}

it.each<[string, boolean, unknown, object, number | null]>([
  ['drained, and not upgraded', true, upgradeStep, {}, 60 * MINUTE],
  ['no window is to come', true, upgradeStep, {}, Number.POSITIVE_INFINITY],
  ['what is in the way is no window', false, upgradeStep, {}, null],
  ['it opens again in a moment', false, upgradeStep, {}, 9 * MINUTE],
  ['the policy says hold', false, upgradeStep, { policy: { ...tinyPolicy(), onInterrupted: 'hold' } }, 60 * MINUTE],
  ['no Kubernetes', false, upgradeStep, { node: { ...node, kubernetes: null } }, 60 * MINUTE],
  ['not cordoned by us', false, upgradeStep, { proofs: { drain: { cordonedByUs: false } } }, 60 * MINUTE],
  ['nothing is known of a drain', false, upgradeStep, { proofs: {} }, 60 * MINUTE],
  ['not drained yet', false, drainStep, { proofs: {} }, 60 * MINUTE],
  [
    'adopted: what was done before is not known',
    false,
    upgradeStep,
    { proofs: { drain: { cordonedByUs: true, adopted: true } } },
    60 * MINUTE,
  ],
  ['the upgrade was begun', false, upgradeStep, { memory: { execNo: 1, ended: null, drain: null } }, 60 * MINUTE],
  ['before the reboot, nothing upgraded', true, rebootStep, { proofs: nothing }, 60 * MINUTE],
  ['before the reboot, upgraded', false, rebootStep, { proofs: upgraded }, 60 * MINUTE],
])('%s: %s', (_name, expected, step, context, opensInMs) => {
  expect(asked(step, context, opensInMs)).toBe(expected);
});
