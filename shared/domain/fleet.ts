import type { ApprovalPolicy } from './approval/policy.ts';
import type { Hook } from './hooks/hook.ts';
import type { NotifyPolicy } from './notify/target.ts';
import type { KubernetesTarget, SshProfile } from './plan.ts';
import type {
  Amount,
  ClusterPolicy,
  CordonPolicy,
  DrainPolicy,
  NodePolicy,
  RebootPolicy,
  StepLimits,
  UpgradePolicy,
  VerifyPolicy,
} from './policy.ts';
import type { Schedule } from './schedule.ts';
import type { StepName } from './steps.ts';
import type { WindowRule } from './window/window.ts';

/** What one place of the fleet file says about the treatment of nodes; the rest is left as it is. */
export interface PolicyLayer {
  readonly cordon?: Partial<CordonPolicy>;
  readonly drain?: Partial<DrainPolicy>;
  readonly upgrade?: Partial<UpgradePolicy>;
  readonly reboot?: Partial<RebootPolicy>;
  readonly verify?: Partial<VerifyPolicy>;
  readonly limits?: Partial<Record<StepName, Partial<StepLimits>>>;
  readonly onInterrupted?: NodePolicy['onInterrupted'];
  readonly cordonedByOthers?: NodePolicy['cordonedByOthers'];
  /** Added to those there are; one with a name that is there takes its place. */
  readonly hooks?: readonly Hook[];
}

/** What a role changes; `role` is the name a node carries. */
export interface RolePolicy {
  readonly role: string;
  readonly policy: PolicyLayer;
}

/** Hosts are the cluster's Nodes. */
export interface KubernetesSource {
  readonly kind: 'kubernetes';
  readonly sequenceLabel: string;
  /** A prefix that ends in `/` gives the rest of the label's key as role; any other label gives its value. */
  readonly rolePrefixes: readonly string[];
  readonly addressType: string;
  /** Label selector of the Nodes that are meant; empty: all. */
  readonly selector: string;
  readonly overrides: boolean;
}

/** One host as written in the fleet file; null: not said there. */
export interface StaticHost {
  readonly name: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly sequence: number | null;
  readonly roles: readonly string[];
  /** Name of a profile of the fleet, or THIS_MACHINE; null: the cluster's. */
  readonly profile: string | null;
  /** False: it is no Node of the cluster, though the cluster has Kubernetes. */
  readonly kubernetes: boolean;
}

export interface StaticSource {
  readonly kind: 'static';
  readonly hosts: readonly StaticHost[];
  readonly overrides: boolean;
}

/** Hosts are minions in a file of grains. */
export interface SaltSource {
  readonly kind: 'salt';
  readonly file: string;
  readonly nameGrain: string;
  readonly sequenceGrain: string;
  readonly rolesGrain: string;
  readonly addressGrain: string;
  /** Only minions whose grain `contextGrain` is `context` are meant; empty grain: all. */
  readonly contextGrain: string;
  readonly context: string;
  readonly overrides: boolean;
}

/** Where hosts come from. `overrides`: its values replace those of earlier sources instead of conflicting with them. */
export type InventorySource = KubernetesSource | StaticSource | SaltSource;

/** Where a wave waits; what is missing is not waited for. */
export interface WavePlaces {
  readonly approval?: ApprovalPolicy;
  readonly canary?: ApprovalPolicy;
  readonly soakMs?: number;
}

export interface FleetWave extends WavePlaces {
  readonly name: string;
  readonly sequences: readonly number[];
  /** A share is of the wave's nodes. */
  readonly concurrency: Amount;
  /** A share is of the wave's planned nodes. Missing: none of its own. */
  readonly failureBudget?: Amount;
  /** In the place of the cluster's; missing: it has none of its own. */
  readonly windows?: readonly WindowRule[];
}

export interface FleetCluster {
  readonly name: string;
  readonly kubernetes: KubernetesTarget | null;
  readonly sources: readonly InventorySource[];
  /** Name of the profile of hosts that have none of their own. */
  readonly profile: string;
  readonly port: number;
  readonly waves: readonly FleetWave[];
  /** `last-wave`: nodes without a sequence go after all others, one at a time. */
  readonly unsequenced: 'refuse' | 'last-wave';
  /** A share is of the cluster's planned nodes. Missing: none of its own. */
  readonly failureBudget?: Amount;
  /** Asked for before the cluster begins; missing: none. */
  readonly approval?: ApprovalPolicy;
  /** What holds for a wave that the file does not name: that of nodes without a sequence. */
  readonly wavePlaces: WavePlaces;
  readonly policy: ClusterPolicy;
  readonly nodePolicy: NodePolicy;
  /** Later ones win over earlier ones. */
  readonly rolePolicies: readonly RolePolicy[];
}

export interface FleetStage {
  readonly name: string;
  readonly clusters: readonly FleetCluster[];
  /** Asked for before it begins; missing: none. */
  readonly approval?: ApprovalPolicy;
  readonly soakMs?: number;
}

/** The fleet file, checked, with defaults applied, in our units, frozen. Holds no secret. */
export interface Fleet {
  readonly name: string;
  /** A share is of the planned nodes. */
  readonly failureBudget: Amount;
  readonly profiles: Readonly<Record<string, SshProfile>>;
  readonly stages: readonly FleetStage[];
  readonly schedules: readonly Schedule[];
  /** Who hears of its rollouts; missing: nobody. */
  readonly notifications?: NotifyPolicy;
}

/** All clusters of a fleet, in order. */
export function fleetClusters(fleet: Fleet): readonly FleetCluster[] {
  return fleet.stages.flatMap(stage => stage.clusters);
}
