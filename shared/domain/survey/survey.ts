/** What one host answered when it was asked what there is to do on it. */
export interface NodeDue {
  readonly cluster: string;
  readonly node: string;
  readonly wave: number;
  /** When it was asked, ms since the epoch. */
  readonly atMs: number;
  /** Why it could not be asked; empty: it answered. What follows is null then. */
  readonly failure: string;
  /** Packages with a newer version; null: cannot be told. */
  readonly updates: number | null;
  readonly rebootDue: boolean | null;
  /** Why, one line; empty: it is not. */
  readonly rebootReason: string;
  readonly runningKernel: string | null;
  readonly newestKernel: string | null;
  /** When the host was booted, ms since the epoch. */
  readonly bootedAtMs: number | null;
  /** When a rollout last verified it after an upgrade; null: none is known. */
  readonly patchedAtMs: number | null;
}

/** What was found out about a cluster, host by host. */
export interface ClusterSurvey {
  readonly fleet: string;
  readonly fleetFile: string;
  readonly cluster: string;
  readonly stage: string;
  readonly atMs: number;
  readonly nodes: readonly NodeDue[];
}

/** The same in numbers. */
export interface DueSummary {
  /** When the hosts were asked. */
  readonly atMs: number;
  readonly asked: number;
  readonly unreachable: number;
  /** Hosts with updates; hosts whose reboot is due. */
  readonly updates: number;
  readonly reboots: number;
  /** The longest among its hosts, as instants; null: not known. */
  readonly oldestBootAtMs: number | null;
  readonly oldestPatchAtMs: number | null;
  /** Running kernels and how many hosts run each, most first. */
  readonly kernels: readonly { readonly release: string; readonly nodes: number }[];
}
