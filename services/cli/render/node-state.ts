import type { NodeStatus, RolloutStatus } from '../../../shared/domain/status.ts';
import { isHeld } from './progress.ts';
import { oneLine } from './text.ts';

/** A line for each node that is away, failed or held: the state it is left in when nobody works on it. */
export function leftLines(status: RolloutStatus): string[] {
  const away = Object.values(status.nodes).filter(node => {
    return node.state === 'claimed' || node.state === 'failed' || isHeld(node);
  });
  return away.map(node => `  ${node.cluster}/${node.node}: ${oneLine(leftAs(node))}`);
}

function leftAs(node: NodeStatus): string {
  const { step, steps, state } = node;
  if (state === 'pending') return `held, untouched: ${node.reason}`;
  if (step === null) return 'taken, nothing done yet';
  if (state === 'failed') {
    const failure = steps[step].failure;
    return `failed in ${step}: ${failure?.leftAs ?? failure?.message ?? node.reason}`;
  }
  const over = steps[step].state === 'done' || steps[step].state === 'skipped';
  const place = over ? `after ${step}` : `in ${step}`;
  return `${place}; ${whereabouts(node)}`;
}

function whereabouts({ steps }: NodeStatus): string {
  if (steps.uncordon.state === 'done') return 'done, the cluster was recovering';
  if (steps.reboot.state === 'running') return 'cordoned, may be rebooting; what was ordered goes on by itself';
  if (steps.upgrade.state === 'running') return 'cordoned; an upgrade that runs on the host goes on by itself';
  return steps.drain.state === 'done' ? 'cordoned as the drain left it' : 'may be cordoned and partly drained';
}
