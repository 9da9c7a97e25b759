import type { NodeStatus, RolloutStatus } from '../../../shared/domain/status.ts';
import { isHeld } from './progress.ts';
import { oneLine, wrap } from './text.ts';

/** Each node that is away, failed or held, and the state it is left in when nobody works on it; at most `columns` wide. */
export function leftLines(status: RolloutStatus, columns: number): string[] {
  const away = Object.values(status.nodes).filter(node => {
    return node.state === 'claimed' || node.state === 'failed' || isHeld(node);
  });
  return away.flatMap(node => {
    const lines = wrap(`${node.cluster}/${node.node}: ${oneLine(leftAs(node))}`, columns - 4);
    return lines.map((line, index) => (index === 0 ? `  ${line}` : `    ${line}`));
  });
}

function leftAs(node: NodeStatus): string {
  const { step, steps, state } = node;
  if (state === 'pending') return `held, untouched: ${node.reason}`;
  if (step === null) return 'taken, nothing done yet';
  if (state === 'failed') {
    const failure = steps[step].failure;
    return `failed in ${step}: ${failure?.leftAs ?? failure?.message ?? node.reason}`;
  }
  if (node.reason.startsWith('failure budget')) {
    return `${node.reason}; ${steps.drain.state === 'done' ? 'cordoned as the drain left it' : 'may be cordoned and partly drained'}`;
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
