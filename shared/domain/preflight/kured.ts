import type { PodView } from '../facts.ts';
import type { PlanCluster, PlanWave } from '../plan.ts';
import type { NodePolicy } from '../policy.ts';
import type { PreflightFacts } from './facts.ts';
import type { Discovery } from './finding.ts';

/** Labels by which the manifests and charts of kured name its pods. */
const NAME_LABELS = ['name', 'app', 'k8s-app', 'app.kubernetes.io/name'];

/**
 * A kured that runs while no gate honours or holds its lock: it would reboot nodes on the very sentinel that our upgrades
 * leave, whatever we think of it.
 */
export function kuredFindings(
  cluster: PlanCluster,
  wave: PlanWave,
  policies: Readonly<Record<string, NodePolicy>>,
  facts: PreflightFacts,
): Discovery[] {
  const known = new Set(
    cluster.policy.gates.flatMap(gate => (gate.kind === 'kured' ? [`${gate.namespace}/${gate.daemonSet}`] : [])),
  );
  const daemons = new Set(
    facts.pods.filter(isKured).map(({ namespace, controller }) => `${namespace}/${controller?.name}`),
  );
  const touched = wave.nodes.filter(({ kubernetes, policy }) => kubernetes && changes(policies[policy]));
  if (touched.length === 0) return [];
  return [...daemons]
    .filter(daemon => !known.has(daemon))
    .map(daemon => ({
      code: 'kuredRunning',
      message: `DaemonSet ${daemon} is a kured whose lock is neither honoured nor held`,
      nodes: touched.map(node => node.name),
      pods: [],
    }));
}

function isKured({ controller, labels, phase }: PodView): boolean {
  if (controller?.kind !== 'DaemonSet' || phase === 'Succeeded' || phase === 'Failed') return false;
  return /(?:^|-)kured$/.test(controller.name) || NAME_LABELS.some(label => labels[label] === 'kured');
}

/** Whether its host may come to want a reboot. */
function changes(policy: NodePolicy | undefined): boolean {
  return policy !== undefined && (policy.upgrade.manager !== 'none' || policy.reboot.when !== 'never');
}
