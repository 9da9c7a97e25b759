import type { PdbView } from '../facts.ts';
import { neverAdvice } from './advice-budget.ts';
import { podAdvice, troubleAdvice } from './advice-pods.ts';
import type { Advice, Block, CauseKind } from './block.ts';

/** What is known when advice is given: the block so far, and the budget that refused as it was read. */
export interface AdviceFacts {
  readonly block: Omit<Block, 'unblocks'>;
  readonly namespace: string;
  /** Name of the pod. */
  readonly name: string;
  readonly budgets: readonly PdbView[];
  /** Pods of the same workload that the budget counts. */
  readonly replicas: number;
}

/** What would unblock it, the most useful first. */
export function adviceFor(facts: AdviceFacts): Advice[] {
  return ADVICE[facts.block.cause.kind](facts);
}

const SOON = 'Wait: it is asked again within seconds';

const ADVICE: Readonly<Record<CauseKind, (facts: AdviceFacts) => Advice[]>> = {
  'several-budgets': severalBudgets,
  'budget-never': neverAdvice,
  'single-replica': neverAdvice,
  'budget-not-observed': () => [
    {
      text: 'Wait a moment. If it stays so, no disruption controller runs: look at kube-controller-manager',
      command: 'kubectl -n kube-system get lease kube-controller-manager',
    },
  ],
  'budget-gone': () => [wait(SOON)],
  'budget-free': () => [wait(SOON)],
  settling: () => [wait(SOON)],
  'pod-unhealthy': podUnhealthy,
  'siblings-unhealthy': siblings,
  'pods-missing': podsMissing,
  'server-busy': () => [
    { text: 'Wait. If it stays so, look at the load of the API server', command: 'kubectl get --raw /readyz?verbose' },
  ],
  'namespace-terminating': ({ namespace }) => [
    {
      text: 'Wait. If it stays so, see what keeps the namespace',
      command: `kubectl get namespace ${namespace} -o jsonpath='{.status.conditions}'`,
    },
  ],
  webhook: () => [
    {
      text: 'Ask whoever runs the webhook that refuses, or do what it asks for',
      command: 'kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations',
    },
  ],
  forbidden: ({ namespace }) => [
    {
      text: 'Give the user of the kubeconfig the right named (nodetide doctor lists all that are needed)',
      command: `kubectl auth can-i create pods/eviction -n ${namespace}`,
    },
  ],
  stopping: () => [wait('Wait: it stops, at the latest with the end of its grace period')],
  stuck: ({ namespace, name, block }) => podAdvice('stuck', { namespace, name, node: block.node }),
  refused: seeBudgets,
  'not-known': seeBudgets,
};

function seeBudgets({ namespace }: AdviceFacts): Advice[] {
  return [{ text: 'See what its budgets say', command: `kubectl -n ${namespace} describe pdb` }];
}

function severalBudgets({ namespace, block }: AdviceFacts): Advice[] {
  const [, second] = block.budgets;
  if (!second) return [{ text: 'Let one budget match each pod', command: `kubectl -n ${namespace} get pdb` }];
  return [
    {
      text: 'Let one budget match each pod: narrow the selector of one, or delete one',
      command: `kubectl -n ${namespace} edit pdb ${second.name}`,
    },
  ];
}

function podUnhealthy({ block, namespace, name, budgets }: AdviceFacts): Advice[] {
  const [budget] = budgets;
  const patch = '{"spec":{"unhealthyPodEvictionPolicy":"AlwaysAllow"}}';
  const allow = budget && {
    text: 'Let unhealthy pods go whatever the numbers (Kubernetes 1.27 or newer)',
    command: `kubectl -n ${namespace} patch pdb ${budget.name} --type merge -p '${patch}'`,
  };
  const mend = describe('Or see why it is not ready, and mend that', namespace, 'pod', name);
  return [...(allow ? [allow] : []), mend, ...siblings({ block, namespace }).slice(0, 1)];
}

/** For the worst of the unhealthy, and one more of another kind. */
function siblings({ block, namespace }: Pick<AdviceFacts, 'block' | 'namespace'>): Advice[] {
  const [worst] = block.unhealthy;
  if (!worst) return [];
  const other = block.unhealthy.find(each => each.kind !== worst.kind);
  return [worst, ...(other ? [other] : [])].flatMap(each => troubleAdvice(each, namespace, block.away));
}

function podsMissing({ block, namespace }: AdviceFacts): Advice[] {
  const why = 'See why its controller does not make them (a quota, a webhook, too few replicas)';
  if (!block.owner) return [{ text: why, command: `kubectl -n ${namespace} get events` }];
  return [describe(why, namespace, block.owner.kind.toLowerCase(), block.owner.name)];
}

function describe(text: string, namespace: string, kind: string, name: string): Advice {
  return { text, command: `kubectl -n ${namespace} describe ${kind} ${name}` };
}

function wait(text: string): Advice {
  return { text, command: '' };
}
