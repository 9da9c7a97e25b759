import type { ApprovalPolicy } from '../../../../shared/domain/approval/policy.ts';
import { spanText } from '../../../../shared/domain/approval/text.ts';
import { type Plan, type PlanCluster, type PlanNode, planClusters, planNodes } from '../../../../shared/domain/plan.ts';
import type { Amount } from '../../../../shared/domain/policy.ts';
import type { Finding, PreflightReport } from '../../../../shared/domain/preflight/finding.ts';
import { counted } from '../../../../shared/domain/text.ts';

/** A plan in one line: `38 nodes in 3 clusters, 3 stages; stops at the first failure`. */
export function planText(plan: Plan): string {
  const { stages, failureBudget } = plan;
  const clusters = counted(planClusters(plan).length, 'cluster');
  const bears = failureBudget === 0 ? 'stops at the first failure' : `bears ${counted(failureBudget, 'failure')}`;
  return `${counted(planNodes(plan).length, 'node')} in ${clusters}, ${counted(stages.length, 'stage')}; ${bears}`;
}

/** The steps a node will not take, by reason; empty: it takes all. */
export function skippedSteps({ steps }: PlanNode): readonly { readonly reason: string; readonly steps: string }[] {
  const byReason = new Map<string, string[]>();
  for (const { step, skip } of steps) {
    if (skip !== undefined) byReason.set(skip, [...(byReason.get(skip) ?? []), step]);
  }
  return [...byReason].map(([reason, names]) => ({ reason, steps: names.join(', ') }));
}

/** Hosts that are not in the plan, those with the same reason together, in the order of the reasons. */
export function leftOutOf({ leftOut }: PlanCluster): readonly { readonly reason: string; readonly nodes: string[] }[] {
  const byReason = new Map<string, string[]>();
  for (const { node, reason } of leftOut) byReason.set(reason, [...(byReason.get(reason) ?? []), node]);
  return [...byReason].map(([reason, nodes]) => ({ reason, nodes }));
}

/** `2`, `34%`. */
export function amountText({ kind, value }: Amount): string {
  return kind === 'number' ? String(value) : `${value}%`;
}

interface Waits {
  readonly approval?: ApprovalPolicy;
  readonly canary?: ApprovalPolicy;
  readonly soakMs?: number;
}

/** What a stage, cluster or wave waits for; empty: nothing. */
export function waitsOf({ approval, canary, soakMs = 0 }: Waits): readonly string[] {
  return [
    ...(approval ? [`approval before it${autoText(approval)}`] : []),
    ...(canary ? [`approval after its first node${autoText(canary)}`] : []),
    ...(soakMs > 0 ? [`${spanText(soakMs)} of soak after it`] : []),
  ];
}

function autoText({ autoMs }: ApprovalPolicy): string {
  return autoMs === null ? '' : ` (by itself after ${spanText(autoMs)})`;
}

/** A finding and the wave it is about. */
export interface PlacedFinding {
  readonly cluster: string;
  readonly wave: string;
  readonly finding: Finding;
}

/** All findings, blockers first, else in plan order. */
export function findingsOf({ clusters }: PreflightReport): readonly PlacedFinding[] {
  const all = clusters.flatMap(({ cluster, waves }) =>
    waves.flatMap(wave => wave.findings.map(finding => ({ cluster, wave: wave.name, finding }))),
  );
  return [
    ...all.filter(({ finding }) => finding.level === 'block'),
    ...all.filter(({ finding }) => finding.level !== 'block'),
  ];
}

/** What begins first: the first wave of each cluster of the first stage that has nodes. */
export function beginsWith({ stages }: Plan): readonly { readonly cluster: string; readonly nodes: string[] }[] {
  const busy = (cluster: PlanCluster) => cluster.waves.find(({ nodes }) => nodes.length > 0);
  const stage = stages.find(({ clusters }) => clusters.some(busy));
  return (stage?.clusters ?? []).flatMap(cluster => {
    const nodes = busy(cluster)?.nodes.map(({ name }) => name) ?? [];
    return nodes.length === 0 ? [] : [{ cluster: cluster.name, nodes }];
  });
}
