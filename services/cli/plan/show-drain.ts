import { planClusters, planNodes, policyOf } from '../../../shared/domain/plan.ts';
import { type MadePlan, makePlan } from '../../common/planning/make-plan.ts';
import type { PodPreview } from '../../workers/main.ts';
import { CliError, EXIT } from '../exit.ts';
import type { OutputFormat } from '../options.ts';
import { printListing } from '../output.ts';
import type { Wiring } from '../wiring.ts';

/** What `plan --drain NODE` is asked with. */
export interface DrainQuestion {
  readonly fleetFile: string;
  /** NODE or CLUSTER/NODE. */
  readonly node: string;
  readonly output: OutputFormat;
  readonly refusal: (made: Exclude<MadePlan, { kind: 'planned' }>) => CliError;
}

const WORDS: Readonly<Record<PodPreview['verdict'], string>> = {
  evict: 'evict',
  wait: 'wait',
  impossible: 'IMPOSSIBLE',
  leave: 'leave',
  obstacle: 'OBSTACLE',
};

/** Prints what a drain of one node would do with each of its pods. CliError `failed` when it could not end well. */
export async function showDrain(wiring: Wiring, question: DrainQuestion, signal: AbortSignal): Promise<void> {
  const { terminal, clock } = wiring;
  const narrow = { clusters: [], waves: [], nodes: [question.node], limit: null, selector: '' };
  const connectClusters = () => wiring.connectClusters();
  const made = await makePlan({ fleetFile: question.fleetFile, narrow, connectClusters, clock, signal });
  if (made.kind !== 'planned') throw question.refusal(made);
  const [node] = planNodes(made.plan);
  const target = node && planClusters(made.plan).find(({ name }) => name === node.cluster)?.kubernetes;
  if (!node?.kubernetes || !target) throw new CliError(EXIT.badInput, `${question.node} is no Node of a cluster`);
  const [connect, preview] = await Promise.all([wiring.connectClusters(), wiring.openDrainPreview()]);
  const cluster = connect(node.cluster, target);
  try {
    const policy = policyOf(made.plan, node).drain;
    const pods = await preview({ cluster, node: node.name, policy, nowMs: clock.now() }, signal);
    await print(wiring, question.output, { cluster: node.cluster, node: node.name, pods });
    if (policy.when !== 'always' && question.output === 'table') {
      terminal.err(`note: drained only ${policy.when === 'if-work' ? 'if there is work' : 'if a reboot is due'}`);
    }
    throwUnlessDrainable(pods);
  } finally {
    await cluster.close();
  }
}

async function print(
  { terminal }: Wiring,
  output: OutputFormat,
  data: { readonly cluster: string; readonly node: string; readonly pods: readonly PodPreview[] },
): Promise<void> {
  const ordered = data.pods.some(({ group }) => group !== '');
  await printListing(terminal, output, {
    data,
    heading: ['VERDICT', 'POD', ...(ordered ? ['GROUP'] : []), 'REASON'],
    rows: data.pods.map(({ verdict, pod, group, reason }) => [
      WORDS[verdict],
      pod,
      ...(ordered ? [group] : []),
      reason,
    ]),
    empty: `there is no pod on ${data.cluster}/${data.node}`,
  });
}

function throwUnlessDrainable(pods: readonly PodPreview[]): void {
  const count = (verdict: PodPreview['verdict']): number => pods.filter(pod => pod.verdict === verdict).length;
  const [obstacles, impossible] = [count('obstacle'), count('impossible')];
  if (obstacles > 0) throw new CliError(EXIT.failed, `nothing would be evicted: pods in the way: ${obstacles}`);
  if (impossible > 0) throw new CliError(EXIT.failed, `pods that cannot be evicted at all: ${impossible}`);
}
