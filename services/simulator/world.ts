/** What was really done to the simulated world: one line of world.jsonl an act. Written by the simulator alone. */
export interface WorldEntry {
  /** RFC 3339 with ms, UTC. */
  readonly at: string;
  readonly cluster: string;
  readonly node: string;
  readonly act: WorldAct;
  readonly sequence: number | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What can be done to a simulated machine, or happen to it. */
export type WorldAct =
  | 'cordon'
  | 'uncordon'
  | 'evict'
  | 'podGone'
  | 'upgrade'
  | 'upgraded'
  | 'reboot'
  | 'down'
  | 'up'
  | 'notReady'
  | 'ready';

/** Where acts are told. */
export interface WorldLog {
  write(cluster: string, node: string, act: WorldAct, detail?: Readonly<Record<string, unknown>>): void;
}

/** A simulated machine as its cluster's API needs it: what the kubelet on it would report. */
export interface SimMachine {
  readonly cluster: string;
  readonly name: string;
  readonly up: boolean;
  readonly bootId: string;
  readonly kernel: string;
  readonly osImage: string;
  /** Called at every boot and every going down, after the fields have changed. Returns the way to stop listening. */
  onChange(listener: (machine: SimMachine) => void): () => void;
}
