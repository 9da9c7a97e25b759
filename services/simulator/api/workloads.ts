/** Something with pods, in a plain description that becomes the API's objects. */
export interface WorkloadSpec {
  readonly kind: 'Deployment' | 'ReplicaSet' | 'StatefulSet' | 'DaemonSet';
  readonly name: string;
  /** Default: `default`. */
  readonly namespace?: string;
  /** Default: 1; not for DaemonSets. */
  readonly replicas?: number;
  /** Labels of its pods and its selector. Default: `app: NAME`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Only nodes that carry these labels. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Its pods have an emptyDir volume. Default: false. */
  readonly emptyDir?: boolean;
  /** terminationGracePeriodSeconds. Default: 30. */
  readonly graceSeconds?: number;
  /** Instead of the cluster's podStartMs. */
  readonly startMs?: number;
  /** Instead of the cluster's podStopMs. */
  readonly stopMs?: number;
  /** Tolerates every taint (DaemonSets always do). Default: false. */
  readonly tolerateAll?: boolean;
}

/** A disruption budget; one of minAvailable and maxUnavailable, as a number or `50%`. */
export interface PdbSpec {
  readonly name: string;
  /** Default: `default`. */
  readonly namespace?: string;
  /** Labels its pods carry; `{}` selects every pod of the namespace. */
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
  readonly unhealthyPodEvictionPolicy?: 'AlwaysAllow' | 'IfHealthyBudget';
}

/** A job with pods that run until they are deleted (`active`) or have ended (`succeeded`). */
export interface JobSpec {
  readonly name: string;
  readonly namespace?: string;
  /** Pods that run. Default: 1. */
  readonly active?: number;
  /** Pods that have Succeeded and are still listed. Default: 0. */
  readonly succeeded?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly emptyDir?: boolean;
}

/** A pod without a controller. */
export interface BarePodSpec {
  readonly name: string;
  readonly namespace?: string;
  /** Where it runs. Default: the scheduler says. */
  readonly node?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly emptyDir?: boolean;
  readonly graceSeconds?: number;
  /** Default: Running, and Ready after podStartMs. */
  readonly phase?: 'Running' | 'Succeeded' | 'Failed';
  /** A static pod's mirror. Default: false. */
  readonly mirror?: boolean;
  readonly startMs?: number;
  readonly stopMs?: number;
}

/** A namespace. */
export interface NamespaceSpec {
  readonly name: string;
  /** Being deleted: evictions and creates in it are refused. Default: false. */
  readonly terminating?: boolean;
}
