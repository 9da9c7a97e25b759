/** What is done about a kind of finding: passed over, told, or told and the rollout not started. */
export type FindingLevel = 'ignore' | 'warn' | 'block';

/** What is known of a kind of finding besides a case of it. */
export interface FindingKind {
  /** Where the fleet file does not say otherwise. */
  readonly level: FindingLevel;
  /** The case in a few words, for the reference. */
  readonly what: string;
  /** What a person can do about it. */
  readonly todo: string;
}

/** Every kind of finding there is: the keys of `policy.preflight`. */
export const FINDINGS = {
  budgetNeverAllows: {
    level: 'block',
    what: 'A disruption budget that can never allow an eviction.',
    todo: 'Give the budget room for one pod, add replicas, or set drain.disableEviction for these nodes.',
  },
  severalBudgets: {
    level: 'block',
    what: 'A pod under several disruption budgets: the API server refuses to evict it.',
    todo: 'Change the selectors so that one budget is left for each pod.',
  },
  budgetTooTight: {
    level: 'block',
    what: 'More pods of one budget on a node, all unable to run elsewhere, than the budget can ever spare.',
    todo: 'Add replicas on other nodes, let the pods run elsewhere, or give the budget more room.',
  },
  budgetAllowsNoneNow: {
    level: 'warn',
    what: 'A disruption budget that allows no eviction at this moment, but could.',
    todo: 'Look why its pods are not all Ready; the drain waits until they are.',
  },
  podWithoutController: {
    level: 'block',
    what: 'A pod without a controller, while drain.force is false.',
    todo: 'Delete it, put it under a controller, or set drain.force: true to lose it.',
  },
  podLost: {
    level: 'warn',
    what: 'A pod that nothing brings back, while drain.force is true.',
    todo: 'Put it under a controller if it is still needed.',
  },
  localStorage: {
    level: 'block',
    what: 'A pod with emptyDir volumes, while drain.deleteEmptyDirData is false.',
    todo: 'Move what must stay to a persistent volume, or set drain.deleteEmptyDirData: true to lose it.',
  },
  emptyDirLost: {
    level: 'warn',
    what: 'A pod whose emptyDir data is lost.',
    todo: 'Nothing, if the data is only a cache; else move it to a persistent volume first.',
  },
  daemonSetPod: {
    level: 'block',
    what: 'A pod of a DaemonSet, while drain.ignoreDaemonSets is false.',
    todo: 'Set drain.ignoreDaemonSets: true, as nearly everybody does.',
  },
  daemonSetGone: {
    level: 'block',
    what: 'A pod whose DaemonSet is gone, while drain.force is false.',
    todo: 'Delete the pod, or set drain.force: true.',
  },
  doesNotFit: {
    level: 'block',
    what: 'A pod that no other node could take while its own is away: by labels, taints or size.',
    todo: 'Add a node that can take it, change what it asks for, or bear that it is down meanwhile.',
  },
  tooLittleRoom: {
    level: 'block',
    what: 'Pods that together request more than the nodes left for them have.',
    todo: 'Add nodes, lower requests or replicas, or bear that some pods stay Pending meanwhile.',
  },
  boundToNode: {
    level: 'warn',
    what: 'A pod bound to its node by name or by a local volume, or on the only node: it is down while that is away.',
    todo: 'Nothing, if its owner knows that; else announce the outage.',
  },
  noNodeApart: {
    level: 'warn',
    what: 'A pod that must keep apart from others which need all the nodes left: one stays Pending meanwhile.',
    todo: 'Nothing, if one pod less is bearable; else add a node or lower the replicas.',
  },
  noRoomNow: {
    level: 'warn',
    what: 'A pod for which no place was found as pods are spread now.',
    todo: 'Look whether it may stay Pending until the node is back; else make room.',
  },
  kuredRunning: {
    level: 'block',
    what: 'A kured in the cluster whose lock no gate honours or holds: it would reboot nodes by itself meanwhile.',
    todo: 'Add a gate of kind kured to policy.gates, or scale kured down for good.',
  },
  controlPlaneQuorum: {
    level: 'block',
    what: 'A control plane in which so few members are Ready that the next one away breaks its quorum.',
    todo: 'Bring the members that are not Ready back first.',
  },
  controlPlaneOutage: {
    level: 'warn',
    what: 'A control plane of one or two members: its API is away in each reboot.',
    todo: 'Nothing, if that was meant by allowControlPlaneOutage: true.',
  },
} as const satisfies Record<string, FindingKind>;

/** The code of a finding. */
export type FindingCode = keyof typeof FINDINGS;

/** All codes, in the order in which they are shown. */
export const FINDING_CODES = Object.keys(FINDINGS) as readonly FindingCode[];

/** What is done about each kind. */
export type PreflightPolicy = Readonly<Record<FindingCode, FindingLevel>>;

/** Every kind at its default. */
export const DEFAULT_PREFLIGHT = Object.fromEntries(
  FINDING_CODES.map(code => [code, FINDINGS[code].level]),
) as PreflightPolicy;
