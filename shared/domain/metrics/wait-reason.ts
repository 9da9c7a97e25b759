/** Why something waits, as a label tells it. */
export const WAIT_REASONS = [
  'approval',
  'window',
  'gate',
  'paused',
  'concurrency',
  'max-unavailable',
  'control-plane',
  'failure-budget',
  'ownership',
  'cluster-unreachable',
  'recovery',
  'soak',
  'reboot-pause',
  'hook',
  'held-node',
  'failed-node',
  'disruption-budget',
  'pods',
  'step',
] as const;
/** One of {@link WAIT_REASONS}. */
export type WaitReason = (typeof WAIT_REASONS)[number];

/** What a wait is counted under; `gate` is empty but for the reason `gate`. */
export interface WaitKind {
  readonly reason: WaitReason;
  readonly gate: string;
}

/** How reasons begin that the engine gives; the first that fits counts. */
const BEGINNINGS: readonly (readonly [RegExp, WaitReason])[] = [
  [/^approval of |^the first node of the wave goes alone/, 'approval'],
  [/^outside the window|^frozen(:|;|$)|^the window closes/, 'window'],
  [/^the rollout (is|stops)\b/, 'paused'],
  [/^\d+ of \d+ nodes of the wave are away|^waits for a slot|^tried again first/, 'concurrency'],
  [/^maxUnavailable |: \d+ of \d+ away: |^domain not known/, 'max-unavailable'],
  [/^one control-plane node at a time/, 'control-plane'],
  [/^failure budget spent/, 'failure-budget'],
  [/is held by rollout | is not ours: |^(?:\S+: )?(?:its|the node's) Lease /, 'ownership'],
  [/^the facts about cluster |^cluster \S+ cannot be asked/, 'cluster-unreachable'],
  [/^recovery after \S+: well, soaking|^soak after /, 'soak'],
  [/^the last reboot of the cluster was too short ago/, 'reboot-pause'],
  [/^hook /, 'hook'],
];

/**
 * The kinds of a reason in words, at least one. Several reasons may stand in it, joined by `; `. `gates`: names of the
 * cluster's gates, which their reasons begin with. What is not known is `fallback`.
 */
export function waitKinds(text: string, gates: ReadonlySet<string>, fallback: WaitReason): readonly WaitKind[] {
  const inner = /^recovery after \S+: (?!well, soaking)(.*)$/s.exec(text)?.[1];
  if (inner !== undefined) return waitKinds(inner, gates, 'recovery').map(kind => inRecovery(kind));
  const kinds = new Map<string, WaitKind>();
  for (const piece of text.split('; ')) {
    const kind = kindOf(piece, gates);
    if (kind) kinds.set(`${kind.reason} ${kind.gate}`, kind);
  }
  return kinds.size > 0 ? [...kinds.values()] : [{ reason: fallback, gate: '' }];
}

/** What a drain waits for, or another step. */
export function stepWaitKinds(step: string, text: string, gates: ReadonlySet<string>): readonly WaitKind[] {
  if (step === 'drain' && isRefusedByBudget(text)) return [{ reason: 'disruption-budget', gate: '' }];
  return waitKinds(text, gates, step === 'drain' && text.startsWith('waiting for ') ? 'pods' : 'step');
}

/** Whether a drain's reason tells of pods that a PodDisruptionBudget does not let go. */
export function isRefusedByBudget(reason: string): boolean {
  if (reason.startsWith('budgets have refused for long:') || reason.startsWith('deleting though budgets refuse:')) {
    return true;
  }
  return /^waiting for [^:]+: .*\bbudgets? /.test(reason) && !/ allows it again$| is gone now$/.test(reason);
}

function kindOf(piece: string, gates: ReadonlySet<string>): WaitKind | null {
  const name = /^([^:]+): /.exec(piece)?.[1];
  if (name !== undefined && gates.has(name)) return { reason: 'gate', gate: name };
  const reason = BEGINNINGS.find(([beginning]) => beginning.test(piece))?.[1];
  return reason === undefined ? null : { reason, gate: '' };
}

/** Gates keep their names; all else that keeps a cluster from recovering is its recovery. */
function inRecovery(kind: WaitKind): WaitKind {
  return kind.reason === 'gate' || kind.reason === 'cluster-unreachable' ? kind : { reason: 'recovery', gate: '' };
}
