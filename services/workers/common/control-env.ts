import type { StepName } from '../../../shared/domain/steps.ts';
import type { StepContext } from '../../../shared/ports/step.ts';

/** What a command on the control side is told about the node, as environment variables. */
export function controlEnv(
  context: Pick<StepContext<unknown>, 'node' | 'fence'>,
  step: StepName,
): Record<string, string> {
  const { node, fence } = context;
  return {
    NODETIDE_INSTALLATION: fence.installation,
    NODETIDE_ROLLOUT: fence.rollout,
    NODETIDE_CLUSTER: node.cluster,
    NODETIDE_NODE: node.name,
    NODETIDE_ROUND: String(fence.round),
    NODETIDE_STEP: step,
    NODETIDE_ADDRESS: node.host.address,
  };
}
