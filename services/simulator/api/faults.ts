/** The controllers that can be held up. `disruption` keeps the budgets' status, `node-lifecycle` the taints. */
export type SimController =
  | 'disruption'
  | 'node-lifecycle'
  | 'scheduler'
  | 'deployment'
  | 'replicaset'
  | 'statefulset'
  | 'daemonset'
  | 'job'
  | 'garbage'
  | 'namespace'
  | 'taint-eviction';

/** Trouble to be made by a simulated API server. Rules match `METHOD /path?query` and live until they are used up or cleared. */
export interface ApiFaults {
  /** The next `count` requests (default: all) that match are answered with this status. */
  failRequests(pattern: RegExp, status: number, count?: number, retryAfterSeconds?: number): void;
  /** The next `count` requests (default: all) that match get no answer until the client gives up or `clear`. */
  hang(pattern: RegExp, count?: number): void;
  /** The next `count` requests (default: all) that match lose their connection: before anything is done, or after. */
  drop(pattern: RegExp, count?: number, when?: 'before' | 'after'): void;
  /** Destroys the connections of the open watches. */
  cutWatches(): void;
  /** Forgets the events of the past, so that watches from an older resource version get 410, and cuts the open ones. */
  expireWatches(): void;
  /** Holds a controller up until it is resumed; all it missed is then made good. */
  pause(controller: SimController): void;
  resume(controller: SimController): void;
  /** Ends the rules above; controllers stay as they are. */
  clear(): void;
}
