import type { PlanNode, PlanWave } from '../plan.ts';
import type { StepName } from '../steps.ts';
import { clip } from '../text.ts';
import type { Hook } from './hook.ts';
import type { HookMoment } from './moment.ts';

/** What a hook is told about. */
export interface HookAbout {
  readonly fleet: string;
  readonly rollout: string;
  readonly cluster: string;
  readonly wave: PlanWave | null;
  /** null: a hook of a wave or cluster. */
  readonly node: PlanNode | null;
  readonly step: StepName | null;
  /** 0: no node. */
  readonly round: number;
  /** Of the step; 0: no node. */
  readonly attempt: number;
  /** Why it failed, or was skipped; empty: it did not. */
  readonly reason: string;
  /** Code of the failure; empty: none. */
  readonly code: string;
}

const MOST_REASON = 2_000;
/** Linux takes at most 128 KiB for one variable (MAX_ARG_STRLEN). */
const MOST_NODES = 100_000;

/** The environment variables of a hook; what does not apply is empty. docs/hooks.md explains each. */
export function hookEnvironment(hook: Hook, moment: HookMoment, about: HookAbout): Record<string, string> {
  const { node, wave } = about;
  const nodes = (node === null ? (wave?.nodes ?? []) : []).map(each => each.name).join(' ');
  return {
    NODETIDE_HOOK: hook.name,
    NODETIDE_WHEN: moment.when,
    NODETIDE_OF: moment.of,
    NODETIDE_OUTCOME: moment.when === 'after' ? moment.outcome : '',
    NODETIDE_FLEET: about.fleet,
    NODETIDE_ROLLOUT: about.rollout,
    NODETIDE_CLUSTER: about.cluster,
    NODETIDE_WAVE: wave === null ? '' : String(wave.index + 1),
    NODETIDE_SEQUENCES: wave?.sequences.join(' ') ?? '',
    NODETIDE_NODES: nodes.length <= MOST_NODES ? nodes : '',
    NODETIDE_NODE: node?.name ?? '',
    NODETIDE_ADDRESS: node?.host.address ?? '',
    NODETIDE_SEQUENCE: node?.sequence === null || node === null ? '' : String(node.sequence),
    NODETIDE_ROLES: node?.roles.join(' ') ?? '',
    NODETIDE_STEP: about.step ?? '',
    NODETIDE_ROUND: about.round === 0 ? '' : String(about.round),
    NODETIDE_ATTEMPT: about.attempt === 0 ? '' : String(about.attempt),
    NODETIDE_REASON: clip(about.reason, MOST_REASON),
    NODETIDE_CODE: about.code,
  };
}
