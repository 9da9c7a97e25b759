import { DRAFT_FRESH_MS, type Draft } from '../../../shared/domain/draft/draft.ts';
import { madeEstimate } from '../../../shared/domain/estimate/made.ts';
import type { DraftStore } from '../../../shared/ports/draft-store.ts';
import type { EngineStore } from '../../../shared/ports/engine-store.ts';
import type { Queues } from '../../../shared/queue/queues.ts';
import { draftRolloutId } from '../rollout-id.ts';

/** How a rollout begins; see the options of the same names of `nodetide run`. */
export interface BeginOptions {
  readonly takeOver: boolean;
  readonly ignoreBlockers: boolean;
}

/** What came of it. */
export type BeginAnswer =
  /** `first` false: it had begun before. */
  | { readonly kind: 'begun'; readonly rollout: string; readonly first: boolean }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly why: string }
  /** Another rollout has one of its clusters. */
  | { readonly kind: 'held'; readonly cluster: string; readonly rollout: string };

interface Parts {
  readonly store: Pick<EngineStore, 'create' | 'meta' | 'now'>;
  readonly queues: Pick<Queues, 'addTreeJob'>;
  readonly drafts: DraftStore;
}

/**
 * Begins the rollout of a draft from its frozen plan. The draft names its rollout: asked for twice, at the same time, or
 * again after a death in between, it is the same one.
 */
export async function beginDraft(parts: Parts, id: string, by: string, options: BeginOptions): Promise<BeginAnswer> {
  const { store, queues, drafts } = parts;
  const draft = await drafts.draft(id);
  if (!draft) return { kind: 'unknown' };
  if (draft.rollout !== null) return { kind: 'begun', rollout: draft.rollout, first: false };
  const { plan } = draft;
  if (!plan) return { kind: 'refused', why: whyNoPlan(draft) };
  const rollout = draftRolloutId(id);
  // Somebody died between creating it and saying so.
  const isThere = (await store.meta(rollout)) !== null;
  if (!isThere) {
    const why = whyNot(draft, await store.now(), options);
    if (why !== null) return { kind: 'refused', why };
    const reckoned = draft.estimate ? madeEstimate(draft.estimate) : undefined;
    const created = await store.create(rollout, plan, by, options.takeOver, reckoned);
    if (!created.ok) return { kind: 'held', cluster: created.cluster, rollout: created.holder };
  }
  await queues.addTreeJob('rollout', rollout, plan.fleet, { rollout });
  await drafts.began(id, rollout);
  return { kind: 'begun', rollout, first: !isThere };
}

function whyNot({ madeAtMs, preflight }: Draft, nowMs: number, { ignoreBlockers }: BeginOptions): string | null {
  if (nowMs - (madeAtMs ?? 0) > DRAFT_FRESH_MS) {
    return `the plan is older than ${DRAFT_FRESH_MS / 60_000} minutes: the fleet may have changed, make it again`;
  }
  const blockers = preflight?.blockers ?? 0;
  if (blockers === 0 || ignoreBlockers) return null;
  return `the preflight found ${blockers} ${blockers === 1 ? 'blocker' : 'blockers'}: mend them and make the plan again, or say ignoreBlockers`;
}

function whyNoPlan({ state, problems }: Draft): string {
  const [first] = problems;
  return state === 'refused'
    ? `no plan could be made: ${first?.message ?? 'no reason is known'}`
    : 'the plan is not made yet';
}
