import { expect, it } from 'vitest';
import { contextOf, type VisitParts } from '../../../services/workers/context.ts';
import type { WorkerDeps } from '../../../services/workers/deps.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { NODE, POLICY } from '../../helpers/step-world.ts';

it('a step that gives up in the visit that did something knows what it did', async () => {
  const store = { meta: async () => null, report: async () => ({ ok: true }) };
  const deps = { store, clock: new FakeClock(), connectHost: () => null, managers: [] } as unknown as WorkerDeps;
  const begin = { kind: 'go', epoch: 1, elapsedMs: 0, proofs: {}, memory: { execNo: 0 }, flag: '' };
  const plan = { profiles: {}, stages: [] };
  const parts = { rollout: 'r', plan, node: NODE, policy: POLICY, begin, attempt: 1, log: {} } as unknown as VisitParts;
  const ref = { cluster: 'c', node: 'a', round: 1, step: 'upgrade' } as const;
  const context = contextOf(deps, ref, parts, new AbortController().signal);
  expect(context.memory).toEqual({ execNo: 0 });
  await context.remember({ execNo: 1 });
  expect({ ...context }.memory).toEqual({ execNo: 1 });
});
