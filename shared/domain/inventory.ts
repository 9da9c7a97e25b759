import type { NodeView } from './facts.ts';
import type { PlanProblem } from './plan.ts';

/** A host as all sources together tell it; null: none of them said. */
export interface InventoryHost {
  readonly name: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly sequence: number | null;
  /** Sorted. */
  readonly roles: readonly string[];
  /** Name of a profile of the fleet. */
  readonly profile: string | null;
  /** False: a source says that it is no Node of the cluster. */
  readonly kubernetes: boolean;
  /** The sources that know it, for people. */
  readonly sources: readonly string[];
}

/** What one source says of one host; left out: nothing. */
export interface HostRecord {
  readonly name: string;
  readonly address?: string;
  readonly port?: number;
  readonly sequence?: number;
  readonly roles?: readonly string[];
  readonly profile?: string;
  readonly kubernetes?: boolean;
}

/** Everything one source says. */
export interface SourceRecords {
  /** For people: `kubernetes`, `static list`, the name of a file. */
  readonly source: string;
  readonly overrides: boolean;
  readonly hosts: readonly HostRecord[];
  /** Hosts the source knows and does not mean. */
  readonly leftOut: readonly { readonly node: string; readonly reason: string }[];
  readonly problems: readonly PlanProblem[];
}

/** What is known of one cluster at one moment. */
export interface ClusterInventory {
  readonly cluster: string;
  readonly hosts: readonly InventoryHost[];
  /** All Nodes of the cluster; null: it has no Kubernetes. */
  readonly nodes: readonly NodeView[] | null;
  /** Pods of nodetide itself (`namespace/name`) and their Nodes; default: none. */
  readonly ownPods?: readonly { readonly pod: string; readonly node: string }[];
  readonly leftOut: readonly { readonly node: string; readonly reason: string }[];
  readonly problems: readonly PlanProblem[];
}
