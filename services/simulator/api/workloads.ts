/** What becomes of a pod that has started, if not Ready. */
export type PodFate = 'never-ready' | 'crash-loop' | 'fails';

/** What pods are like, in a plain description that becomes the API's objects. */
export interface PodTraits {
  /** They have an emptyDir volume. Default: false. */
  readonly emptyDir?: boolean;
  /** terminationGracePeriodSeconds. Default: 30. */
  readonly graceSeconds?: number;
  /** Instead of the cluster's podStartMs. */
  readonly startMs?: number;
  /** Instead of the cluster's podStopMs. */
  readonly stopMs?: number;
  /** They end by themselves so long after their start: Succeeded, or Failed if that is their fate. Default: never. */
  readonly runMs?: number;
  /** Default: Ready once started. */
  readonly fate?: PodFate;
  /** As `{ cpu: '10m', memory: '16Mi' }`. Default: none. */
  readonly requests?: Readonly<Record<string, string>>;
  /** Only nodes that carry these labels. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** The API's own form; required rules of nodeAffinity and of podAntiAffinity by hostname are obeyed. */
  readonly affinity?: Readonly<Record<string, unknown>>;
  readonly priorityClassName?: string;
  /** Tolerates every taint (DaemonSets always do). Default: false. */
  readonly tolerateAll?: boolean;
}

/** Something with pods. */
export interface WorkloadSpec extends PodTraits {
  readonly kind: 'Deployment' | 'ReplicaSet' | 'StatefulSet' | 'DaemonSet' | 'ReplicationController';
  readonly name: string;
  /** Default: `default`. */
  readonly namespace?: string;
  /** Default: 1; not for DaemonSets. */
  readonly replicas?: number;
  /** Labels of its pods and its selector. Default: `app: NAME`. */
  readonly labels?: Readonly<Record<string, string>>;
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

/** A job with pods that run until they are deleted or their runMs is over (`active`) or have ended (`succeeded`). */
export interface JobSpec extends PodTraits {
  readonly name: string;
  readonly namespace?: string;
  /** Pods that run. Default: 1. */
  readonly active?: number;
  /** Pods that have Succeeded and are still listed. Default: 0. */
  readonly succeeded?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A pod without a controller. */
export interface BarePodSpec extends PodTraits {
  readonly name: string;
  readonly namespace?: string;
  /** Where it runs. Default: the scheduler says. */
  readonly node?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Default: Running, and Ready after podStartMs. */
  readonly phase?: 'Running' | 'Succeeded' | 'Failed';
  /** A static pod's mirror. Default: false. */
  readonly mirror?: boolean;
}

/** A namespace. */
export interface NamespaceSpec {
  readonly name: string;
  /** Being deleted: evictions and creates in it are refused. Default: false. */
  readonly terminating?: boolean;
}
