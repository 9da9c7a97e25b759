import type { ApprovalPolicy } from './approval/policy.ts';
import { nodeKey } from './names.ts';
import type { NotifyPolicy } from './notify/target.ts';
import type { Amount, ClusterPolicy, NodePolicy } from './policy.ts';
import type { StepName } from './steps.ts';
import type { DomainBudget } from './topology.ts';
import type { WindowRule } from './window/window.ts';

/** Where a secret is found at run time; the secret itself never travels. */
export type SecretRef = { readonly env: string } | { readonly file: string };

/** How hosts are reached; shared by many nodes. No secret in it. */
export interface SshProfile {
  readonly user: string;
  readonly auth:
    | { readonly kind: 'key'; readonly file: string; readonly passphrase?: SecretRef }
    /** `socket` missing: SSH_AUTH_SOCK. */
    | { readonly kind: 'agent'; readonly socket?: string };
  readonly knownHostsFile: string;
  /** `accept-new` writes the key of a host seen for the first time; a changed key is always refused. */
  readonly hostKeys: 'strict' | 'accept-new';
  /** Hosts to go through, in order. */
  readonly jump: readonly SshHop[];
  /** `sudo`: commands run under `sudo -n`. */
  readonly become: 'none' | 'sudo';
  readonly connectTimeoutMs: number;
  readonly keepaliveIntervalMs: number;
  /** Unanswered keepalives after which the connection counts as lost. */
  readonly keepaliveCountMax: number;
}

/** One jump host. */
export interface SshHop {
  readonly address: string;
  readonly port: number;
  /** Name of a profile of the plan. */
  readonly profile: string;
}

/**
 * In the place of a profile's name: the host is the machine that made the plan, and no connection is made. Its address is
 * the name of that machine, or `localhost` where it is not known. No profile of a fleet file can have this name.
 */
export const THIS_MACHINE = '@local';

/** How a cluster's API is reached. `file` missing with `inCluster` false: KUBECONFIG or ~/.kube/config. */
export interface KubernetesTarget {
  readonly inCluster: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Most requests a second of one process; missing: {@link DEFAULT_RATE}. */
  readonly qps?: number;
  /** Most requests at once after a rest; missing: {@link DEFAULT_RATE}. */
  readonly burst?: number;
}

/**
 * Drains of 1,000 pods in all go at once; when it lasts, a server whose evictions take 15 ms each has three of them at a
 * time.
 */
export const DEFAULT_RATE = { qps: 200, burst: 1_200 } as const;

/** One step as planned for one node. */
export interface PlannedStep {
  readonly step: StepName;
  /** Why it will not be done; missing: it will. */
  readonly skip?: string;
}

/** One host of the plan. */
export interface PlanNode {
  readonly name: string;
  readonly cluster: string;
  readonly sequence: number | null;
  readonly roles: readonly string[];
  readonly controlPlane: boolean;
  /** null: the host belongs to no Kubernetes, nothing is cordoned or drained. */
  readonly kubernetes: { readonly uid: string } | null;
  /** `profile`: name of a profile of the plan, or {@link THIS_MACHINE}. */
  readonly host: { readonly address: string; readonly port: number; readonly profile: string };
  /** Name of a policy of the plan. */
  readonly policy: string;
  readonly steps: readonly PlannedStep[];
}

/** The sequences that go together. */
export interface PlanWave {
  /** From 0 within its cluster. */
  readonly index: number;
  /** For people: `1+4`. */
  readonly name: string;
  readonly sequences: readonly number[];
  /** Most nodes of this wave away at once, already resolved to a number ≥ 1. */
  readonly concurrency: number;
  /** In the place of the cluster's; missing: it has none of its own. */
  readonly windows?: readonly WindowRule[];
  /** Failures that this wave bears; missing: only those around it are asked. */
  readonly failureBudget?: number;
  readonly nodes: readonly PlanNode[];
  /** Asked for before it begins; missing: none. */
  readonly approval?: ApprovalPolicy;
  /** Asked for after the first of its nodes; missing: none. */
  readonly canary?: ApprovalPolicy;
  /** The next wave of the cluster begins at least so long after this one is done; missing: 0. */
  readonly soakMs?: number;
}

/** A host that is not in the plan, and why. */
export interface LeftOut {
  readonly node: string;
  readonly reason: string;
}

/** One cluster of a plan, its waves in order. */
export interface PlanCluster {
  readonly name: string;
  /** null: no Kubernetes behind this cluster. */
  readonly kubernetes: KubernetesTarget | null;
  readonly policy: ClusterPolicy;
  /** Which label holds the sequence and which prefix the roles: looked at again when a node is claimed. null: not from labels. */
  readonly labels: { readonly sequence: string | null; readonly rolePrefixes: readonly string[] };
  /** Nodes of the whole cluster when the plan was made: the base of percentages. */
  readonly size: number;
  /** `policy.maxUnavailablePer` over the Nodes there were when the plan was made. Missing: it has none. */
  readonly perDomain?: readonly DomainBudget[];
  /** Failures that this cluster bears; missing: only the rollout's is asked. */
  readonly failureBudget?: number;
  readonly waves: readonly PlanWave[];
  readonly leftOut: readonly LeftOut[];
  /** Asked for before it begins; missing: none. */
  readonly approval?: ApprovalPolicy;
}

/** Clusters that may go at the same time. */
export interface PlanStage {
  readonly name: string;
  readonly clusters: readonly PlanCluster[];
  /** Asked for before it begins; missing: none. */
  readonly approval?: ApprovalPolicy;
  /** The next stage begins at least so long after this one is done; missing: 0. */
  readonly soakMs?: number;
}

/** The frozen, ordered answer to "what would happen". JSON-safe; holds no secret. */
export interface Plan {
  readonly version: 1;
  readonly fleet: string;
  readonly createdAtMs: number;
  /** Failures a rollout bears before it stops claiming. */
  readonly failureBudget: number;
  readonly profiles: Readonly<Record<string, SshProfile>>;
  readonly policies: Readonly<Record<string, NodePolicy>>;
  readonly stages: readonly PlanStage[];
  /** Who hears of it; missing: nobody. */
  readonly notifications?: NotifyPolicy;
}

/** Something that keeps a plan from being made or run. */
export interface PlanProblem {
  /** Stable, kebab-case. */
  readonly code: string;
  readonly cluster?: string;
  readonly node?: string;
  readonly message: string;
}

/** All clusters of a plan, in order. */
export function planClusters(plan: Plan): readonly PlanCluster[] {
  return plan.stages.flatMap(stage => stage.clusters);
}

const indexes = new WeakMap<Plan, ReadonlyMap<string, PlanNode>>();

/** A node of a plan; undefined: there is none. Each plan is indexed once. */
export function findPlanNode(plan: Plan, cluster: string, name: string): PlanNode | undefined {
  let index = indexes.get(plan);
  if (!index) {
    index = new Map(planNodes(plan).map(node => [nodeKey(node.cluster, node.name), node]));
    indexes.set(plan, index);
  }
  return index.get(nodeKey(cluster, name));
}

/** All nodes of a plan, in order. */
export function planNodes(plan: Plan): readonly PlanNode[] {
  return planClusters(plan).flatMap(cluster => cluster.waves.flatMap(wave => wave.nodes));
}

/** The policy of a node; a plan always holds it. */
export function policyOf(plan: Plan, node: PlanNode): NodePolicy {
  const policy = plan.policies[node.policy];
  if (!policy) throw new Error(`plan has no policy ${node.policy}`);
  return policy;
}

export type { Amount };
