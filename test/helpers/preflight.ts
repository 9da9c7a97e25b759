import type { NodeView, PodView } from '../../shared/domain/facts.ts';
import type { NodeRoom, PodPlacement, Resources } from '../../shared/domain/placement.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { DrainPolicy } from '../../shared/domain/policy.ts';
import type { FindingCode } from '../../shared/domain/preflight/codes.ts';
import type { PreflightFacts } from '../../shared/domain/preflight/facts.ts';
import type { Finding } from '../../shared/domain/preflight/finding.ts';
import { preflight } from '../../shared/domain/preflight/preflight.ts';
import { nodeView, podView } from './fake-cluster.ts';
import { ANYWHERE, BIG_ROOM } from './placement.ts';
import { type TinyPlan, type TinyWave, tinyPlan, tinyPolicy } from './plan.ts';

const GI = 2 ** 30;

/** So many cores and GiB. */
export function amounts(cores: number, gib = 0, others: Resources['others'] = {}): Resources {
  return { cpuMilli: cores * 1000, memoryBytes: gib * GI, ephemeralStorageBytes: 0, others };
}

/** A node of 4 cores and 16 GiB. */
export function roomy(name: string, more: Partial<NodeView> = {}, room: Partial<NodeRoom> = {}): NodeView {
  const labels = { 'kubernetes.io/hostname': name, ...more.labels };
  return nodeView(name, { ...more, labels, room: { ...BIG_ROOM, allocatable: amounts(4, 16), ...room } });
}

/** A pod that asks for so many cores. */
export function asking(
  name: string,
  node: string,
  cores: number,
  placement: Partial<PodPlacement> = {},
  more: Partial<PodView> = {},
): PodView {
  return podView(name, node, { placement: { ...ANYWHERE, requests: amounts(cores), ...placement }, ...more });
}

/** What is given to {@link findingsOf}, besides the facts. */
export interface Case extends Partial<PreflightFacts> {
  readonly waves?: readonly TinyWave[];
  readonly drain?: Partial<DrainPolicy>;
  readonly cluster?: TinyPlan['cluster'];
  readonly policy?: TinyPlan['policy'];
}

/** A plan over one cluster `c`; by default each node is a wave of its own. */
export function planOfCase({ waves, nodes = [], drain, cluster, policy }: Case): Plan {
  const each = nodes.map(({ name }) => ({ nodes: [name] }));
  return tinyPlan({
    kubernetes: true,
    stages: { s: { c: waves ?? each } },
    policy: { ...policy, drain: { ...tinyPolicy().drain, ...drain } },
    ...(cluster ? { cluster } : {}),
  });
}

/** The facts of a case. */
export function factsOfCase(given: Case): PreflightFacts {
  const { nodes = [], pods = [], budgets = [], daemonSets = null, claims = new Map(), seenAtMs = 0 } = given;
  return { nodes, pods, budgets, daemonSets, claims, seenAtMs };
}

/** All findings, wave after wave. */
export function findingsOf(given: Case): (Finding & { wave: number })[] {
  const report = preflight(planOfCase(given), new Map([['c', factsOfCase(given)]]));
  return report.clusters.flatMap(({ waves }) =>
    waves.flatMap(({ wave, findings }) => findings.map(finding => ({ ...finding, wave }))),
  );
}

/** `code node,node: pod,pod`, pods without their namespace. */
export function shortly(findings: readonly Finding[], ...codes: FindingCode[]): string[] {
  return findings
    .filter(({ code }) => codes.length === 0 || codes.includes(code))
    .map(({ code, nodes, pods }) => `${code} ${nodes.join()}: ${pods.map(pod => pod.replace(/^.*\//, '')).join()}`);
}
