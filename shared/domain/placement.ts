import type { Requirement } from './label-selector.ts';

/** Amounts as the Kubernetes scheduler adds them up: CPU in thousandths of a core, memory and disk in bytes. */
export interface Resources {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly ephemeralStorageBytes: number;
  /** Extended resources (`nvidia.com/gpu`) and huge pages, by name, in whole units or bytes. */
  readonly others: Readonly<Record<string, number>>;
}

/** A taint of a Node. */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

/** A toleration of a pod; an empty key with `Exists` tolerates everything, an empty effect all effects. */
export interface Toleration {
  readonly key: string;
  readonly operator: 'Exists' | 'Equal';
  readonly value: string;
  readonly effect: string;
}

/** One term of a required node affinity: all its conditions hold. `Gt` and `Lt` compare whole numbers. */
export interface NodeTerm {
  readonly labels: readonly (Requirement | NodeComparison)[];
  /** `metadata.name` conditions (matchFields). */
  readonly names: readonly { readonly operator: 'in' | 'not-in'; readonly values: readonly string[] }[];
}

/** A numeric condition of a node affinity. */
export interface NodeComparison {
  readonly key: string;
  readonly operator: 'greater' | 'less';
  readonly value: number;
}

/** Pods that must not share a topology domain with the pod; terms that select namespaces by label are left out. */
export interface AntiAffinity {
  readonly topologyKey: string;
  readonly selector: readonly Requirement[];
  /** Empty: the pod's own namespace. */
  readonly namespaces: readonly string[];
}

/** What a pod asks of the node it runs on: what the scheduler requires, not what it prefers. */
export interface PodPlacement {
  /** Containers together, or the largest init container where that is more, with sidecars and overhead. */
  readonly requests: Resources;
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** At least one term must hold; null: no required node affinity. */
  readonly nodeTerms: readonly NodeTerm[] | null;
  readonly tolerations: readonly Toleration[];
  readonly antiAffinity: readonly AntiAffinity[];
  /** `protocol/port` of host ports on all addresses. */
  readonly hostPorts: readonly string[];
}

/** What a Node offers to pods. */
export interface NodeRoom {
  readonly allocatable: Resources;
  /** Most pods at once. */
  readonly pods: number;
  readonly taints: readonly Taint[];
}
