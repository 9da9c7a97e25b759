import type { Advice, AwayNode, TroubleKind, Unhealthy } from './block.ts';

/** A pod advice is about. */
export interface AdvisedPod {
  readonly namespace: string;
  readonly name: string;
  /** Empty: on none. */
  readonly node: string;
}

/** What to do about another pod of the budget that is not healthy. `away`: nodes that take no pods now. */
export function troubleAdvice(trouble: Unhealthy, namespace: string, away: readonly AwayNode[]): Advice[] {
  const name = trouble.pod.slice(trouble.pod.indexOf('/') + 1);
  if (trouble.kind === 'node-away' && trouble.away) return [nodeAdvice(trouble.away, 'its pods come back')];
  const own = podAdvice(trouble.kind, { namespace, name, node: trouble.node });
  if (trouble.kind !== 'no-room' && trouble.kind !== 'taints' && trouble.kind !== 'spread') return own;
  // A cordon that could be taken away at once is worth more than a new node.
  const [first] = away.toSorted((a, b) => AWAY_FIRST.indexOf(a.by) - AWAY_FIRST.indexOf(b.by));
  return first ? [nodeAdvice(first, 'there is a place for it'), ...own] : own;
}

const AWAY_FIRST: readonly AwayNode['by'][] = ['somebody', 'not-ready', 'this-rollout', 'another-rollout', 'gone'];

function nodeAdvice({ node, by, down }: AwayNode, until: string): Advice {
  switch (by) {
    case 'this-rollout':
      return {
        text: `Wait until ${node}, which this rollout has taken, is back and ${until}; a lower concurrency avoids it`,
        command: 'nodetide status',
      };
    case 'another-rollout':
      return {
        text: `Wait until ${node}, which another rollout has taken, is back and ${until}`,
        command: `kubectl describe node ${node}`,
      };
    case 'somebody':
      if (!down)
        return {
          text: `Find out who cordoned ${node}, and give it back if it may be used`,
          command: `kubectl uncordon ${node}`,
        };
      return { text: `Bring ${node} back, so that ${until}`, command: `kubectl describe node ${node}` };
    case 'not-ready':
      return { text: `Bring ${node} back, so that ${until}`, command: `kubectl describe node ${node}` };
    case 'gone':
      return {
        text: `${node} is no Node any more: its pods are removed by the pod garbage collector`,
        command: 'kubectl get nodes',
      };
  }
}

/** What to do about a pod in trouble of a kind. */
export function podAdvice(kind: TroubleKind, pod: AdvisedPod): Advice[] {
  const { text, look } = ADVICE[kind];
  return [{ text: text.replace('POD', pod.name).replace('NODE', pod.node || 'its node'), command: look(pod) }];
}

const describe = ({ namespace, name }: AdvisedPod): string => `kubectl -n ${namespace} describe pod ${name}`;
const none = (): string => '';

const ADVICE: Readonly<Record<TroubleKind, { readonly text: string; readonly look: (pod: AdvisedPod) => string }>> = {
  'no-room': { text: 'Make room for POD: add a node, or lower requests or replicas elsewhere', look: describe },
  spread: {
    text: 'POD may not share a node or zone with its like: add a node, or make the rule a preferred one',
    look: describe,
  },
  volume: {
    text: 'The volumes of POD hold it: look at its claims and where their volumes are',
    look: ({ namespace }) => `kubectl -n ${namespace} get pvc`,
  },
  selector: { text: 'POD asks for labels no free node has: label one, or widen what it asks for', look: describe },
  taints: { text: 'POD tolerates no free node: add one it may use, or a toleration', look: describe },
  'not-placed': { text: 'See why POD gets no node', look: describe },
  'crash-loop': {
    text: 'Mend POD: see why it ended last',
    look: ({ namespace, name }) => `kubectl -n ${namespace} logs ${name} --previous --all-containers`,
  },
  'image-pull': { text: 'Mend the image of POD, or the access of its node to the registry', look: describe },
  container: { text: 'See why POD does not start', look: describe },
  'node-away': { text: 'Bring NODE back', look: ({ node }) => `kubectl describe node ${node}` },
  stuck: {
    text: 'POD does not end: look at its finalizers, and at the kubelet of NODE',
    look: ({ namespace, name }) => `kubectl -n ${namespace} get pod ${name} -o jsonpath='{.metadata.finalizers}'`,
  },
  terminating: { text: 'Wait: POD is going, and its successor comes', look: none },
  finished: {
    text: 'POD has ended and still counts: delete it if nobody needs it',
    look: ({ namespace, name }) => `kubectl -n ${namespace} delete pod ${name}`,
  },
  'not-ready': { text: 'Wait until POD is ready. If it stays so, look at its readiness probe', look: describe },
  starting: { text: 'Wait: POD is starting', look: none },
};
