/** Names of the state's keys. `~` keeps them apart from BullMQ's, whose second part is a queue's name. */
export interface StoreKeys {
  /** Sorted set of rollout ids by creation. */
  readonly rollouts: string;
  /** Set of the ids of rollouts that are being removed. */
  readonly retired: string;
  /** Hash: cluster → id of the rollout that holds it. */
  readonly holders: string;
  /** Hash: process id → JSON. */
  readonly engines: string;
  readonly installation: string;
  /** Hash: cluster/gate → JSON of what is held outside. */
  readonly holds: string;
  /** Hash: cluster → JSON of its last reboot, or the last order of one. */
  readonly reboots: string;
  /** Stream: what was done through HTTP. */
  readonly audit: string;
  /** JSON of a log-in, which expires; `key`: the hash of its id. */
  session(key: string): string;
  /** Begins the counts of wrong log-ins, which expire; the address follows. */
  readonly attempts: string;
  /** Hash: kind of node → JSON of what the last ones of a cluster took. */
  durations(cluster: string): string;
  rollout(id: string): RolloutKeys;
}

/** Keys of one rollout, in the order in which the scripts expect them. */
export interface RolloutKeys {
  readonly meta: string;
  readonly nodes: string;
  readonly results: string;
  readonly memory: string;
  readonly holding: string;
  readonly waiting: string;
  readonly failed: string;
  readonly journal: string;
  readonly plan: string;
  /** How far it was told to people. */
  readonly notified: string;
  /**
   * Prefix of the sets `claimed:<cluster>`, `pending:<cluster>/<wave>`, `slots:<cluster>/<wave>`,
   * `proven:<stage>/<group>`, and of `proven`, which names the latter.
   */
  readonly sets: string;
}

/** All keys under `prefix`. */
export function storeKeys(prefix: string): StoreKeys {
  return {
    rollouts: `${prefix}:~rollouts`,
    retired: `${prefix}:~retired`,
    holders: `${prefix}:~holders`,
    engines: `${prefix}:~engines`,
    installation: `${prefix}:~installation`,
    holds: `${prefix}:~holds`,
    reboots: `${prefix}:~reboots`,
    audit: `${prefix}:~audit`,
    session: key => `${prefix}:~session:${key}`,
    attempts: `${prefix}:~attempts:`,
    durations: cluster => `${prefix}:~durations:${cluster}`,
    rollout: id => {
      const base = `${prefix}:~r:${id}`;
      return {
        meta: `${base}:meta`,
        nodes: `${base}:nodes`,
        results: `${base}:results`,
        memory: `${base}:memory`,
        holding: `${base}:holding`,
        waiting: `${base}:waiting`,
        failed: `${base}:failed`,
        journal: `${base}:journal`,
        plan: `${base}:plan`,
        notified: `${base}:notified`,
        sets: `${base}:`,
      };
    },
  };
}
