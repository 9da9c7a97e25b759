import { expect, it } from 'vitest';
import { contextOf, type VisitParts } from '../../../services/workers/context.ts';
import type { WorkerDeps } from '../../../services/workers/deps.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { NODE, POLICY } from '../../helpers/step-world.ts';

/** A context on a made-up store and log, which tell what they are asked. */
function contextWith(told: string[]) {
  const report = async ({ outcome }: { outcome: string }) => {
    told.push(outcome);
    return { ok: true };
  };
  const store = { meta: async () => null, report: (_: string, __: unknown, ___: number, each: never) => report(each) };
  const log = { flush: async () => void told.push('log') };
  const deps = { store, clock: new FakeClock(), connectHost: () => null, managers: [] } as unknown as WorkerDeps;
  const begin = { kind: 'go', epoch: 1, elapsedMs: 0, proofs: {}, memory: { execNo: 0 }, flag: '' };
  const plan = { profiles: {}, stages: [] };
  const parts = { plan, node: NODE, policy: POLICY, begin, attempt: 1, log, hooks: {} } as unknown as VisitParts;
  const ref = { cluster: 'c', node: 'a', round: 1, step: 'upgrade' } as const;
  return contextOf(deps, ref, parts, new AbortController().signal);
}

it('a step that gives up in the visit that did something knows what it did', async () => {
  const context = contextWith([]);
  expect(context.memory).toEqual({ execNo: 0 });
  await context.remember({ execNo: 1 });
  expect({ ...context }.memory).toEqual({ execNo: 1 });
});

it('keeps what was logged before it keeps what a step remembers', async () => {
  const told: string[] = [];
  await contextWith(told).remember({ execNo: 1 });
  expect(told).toEqual(['log', 'memory']);
});
