/** What must hold after every event of a rollout, as far as its journal shows it. */
export const RULES = {
  'known-once': 'a node is claimed only while it is pending, each time in the next round',
  concurrency:
    'no claim, and no new attempt of a failed node, while as many nodes of the wave as its concurrency allows hold a claim and have not failed; once a budget is spent, failed nodes keep their slots and may be tried again',
  'max-unavailable': 'no claim that takes more nodes of a cluster away than its maxUnavailable allows',
  'max-unavailable-per': 'no claim that takes more nodes of a zone (or other domain) away than its limit allows',
  'control-plane': 'no claim of a control-plane node while another of its cluster is away',
  'wave-order': 'nothing of a wave begins before every node of the waves before it is settled',
  'stage-order': 'nothing of a stage begins before every node of the stages before it is settled',
  stopped:
    'no claim before the start, while paused, while aborting or after the end; no wave opens while stopping or paused; what was stopped is paused once no wave is open',
  budget:
    'while more nodes have failed than a budget over them bears: no claim, and no other node begins an upgrade or a reboot; nodes that are retried do not hold each other',
  approval:
    'no stage, cluster or wave that needs an approval begins without one that holds, and in a wave with a canary no further node before its first one is through and approved; but for the bookkeeping of an abort',
  soak: 'no stage or wave begins before the soak after the one before is over',
  slots: 'a slot holds one node at most, and gives it back once, when it is settled',
  'step-order':
    'a step begins only in the round of the claim, when every step before it has its success, or was left out because a person repaired the node',
  'step-once': 'a step has at most one success in a round, told by whoever began it last, and is never begun after it',
  epochs: 'the epoch rises with every begin of a node',
  settled:
    'a settled node stays as it is, unless it is done anew while its wave is open: done after six successes, else with a reason',
  ending:
    'a rollout ends once, when every node is settled; after that slots are given back, and nothing is done any more',
} as const;

/** One of {@link RULES}. */
export type Rule = keyof typeof RULES;

/** An event that breaks a rule. */
export interface Violation {
  readonly rule: Rule;
  readonly eventId: string;
  readonly message: string;
}

/** What a rule's check says: which rule, and what was seen. */
export type Finding = readonly [rule: Rule, message: string];
