import type { SimMachine, WorldLog } from '../world.ts';
import type { SimUser } from './access/users.ts';
import type { ApiFaults } from './faults.ts';
import type { Kube, PatchKind } from './object.ts';
import type { BarePodSpec, JobSpec, NamespaceSpec, PdbSpec, WorkloadSpec } from './workloads.ts';

/** A node of a simulated cluster: the machine below it and what its Node object carries besides. */
export interface SimNode {
  readonly machine: SimMachine;
  /** Besides those every node has; the sequence label goes here (the world log learns sequences by its own option). */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Become labels `node-role.kubernetes.io/ROLE`. Default: none. */
  readonly roles?: readonly string[];
  /** InternalIP. Default: 127.0.0.1. */
  readonly address?: string;
  /** How many pods fit, the DaemonSets' pods among them. Default: 110. */
  readonly podCapacity?: number;
  /** Of `cpu`, `memory`, `ephemeral-storage`; all of it is allocatable. Default: 32, 64Gi (63Gi allocatable), 100Gi. */
  readonly capacity?: Readonly<Record<string, string>>;
  /** Taints the node always has, as a control-plane's NoSchedule. */
  readonly taints?: readonly Readonly<Record<string, string>>[];
  readonly unschedulable?: boolean;
}

/** How long things take in a simulated cluster, in ms before the division by `speed`. */
export interface SimTimings {
  /** From the delete to the pod's end, capped by its grace period. Default: 500. */
  readonly podStopMs: number;
  /** From being placed on a node to Ready. Default: 500. */
  readonly podStartMs: number;
  /** From the machine's going down to Ready=Unknown. Default: 2,000. */
  readonly notReadyAfterMs: number;
  /** From the machine's boot to Ready=True with a fresh node status. Default: 500. */
  readonly kubeletReportMs: number;
  /** Between two heartbeats of Ready. Default: 10,000. */
  readonly heartbeatMs: number;
  /** How long 300 s of toleration last: from Ready=Unknown to the deletion of a node's pods. Default: 300,000. */
  readonly podEvictionMs: number;
}

/** What a simulated API server starts from. */
export interface SimApiOptions {
  readonly cluster: string;
  readonly nodes: readonly SimNode[];
  readonly workloads?: readonly WorkloadSpec[];
  readonly pdbs?: readonly PdbSpec[];
  readonly jobs?: readonly JobSpec[];
  readonly pods?: readonly BarePodSpec[];
  /** Namespaces beyond `default`, `kube-system`, `kube-public`, `kube-node-lease` and those the workloads name. */
  readonly namespaces?: readonly NamespaceSpec[];
  readonly timings?: Partial<SimTimings>;
  /** Divides every timing. Default: 1. */
  readonly speed?: number;
  readonly world: WorldLog;
  /** Served over HTTPS when given; all PEM. `ca` is what clients trust; default: the certificate itself. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly ca?: string };
  /** The token of a user who may do everything. Default, when there are no `users` either: nobody is asked for one. */
  readonly token?: string;
  /** Who else may use the cluster, by bearer token. Whoever brings none is `system:anonymous` and sees health and version. */
  readonly users?: readonly SimUser[];
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: 0, a free one. */
  readonly port?: number;
  /** Events kept for watches that come back; older resource versions get 410. Default: 20,000. */
  readonly watchHistory?: number;
}

/** One request the server has answered, or is answering (`status` 0). */
export interface RequestEntry {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly status: number;
  /** Epoch ms of its arrival. */
  readonly at: number;
  readonly userAgent: string;
}

/** The store as tests and the fleet's faults use it: same rules as over HTTP, no connection. Kinds by plural: `pods`. */
export interface SimObjects {
  /** undefined: there is none. Namespace '' for kinds without. */
  get(plural: string, namespace: string, name: string): Kube | undefined;
  /** All namespaces when none is given. */
  list(plural: string, namespace?: string): Kube[];
  create(plural: string, object: Kube): Kube;
  /** Throws ApiError as the server answers. Default kind: merge. */
  patch(
    plural: string,
    namespace: string,
    name: string,
    patch: unknown,
    kind?: PatchKind,
    subresource?: '' | 'status',
  ): Kube;
  /** Graceful for pods, at once for all else. */
  delete(plural: string, namespace: string, name: string): void;
  /** Puts an object as another cluster had it: uid, times and status stay, the resource version is new. No checks. */
  restore(plural: string, object: Kube): Kube;
  /** What a kubelet says when a pod's containers have stopped: it goes. */
  finish(namespace: string, name: string): void;
  /** Takes an object away at once, whatever holds it. */
  erase(plural: string, namespace: string, name: string): void;
  /** Tells every change of a kind from now on, in order, right after it. Returns the way to stop. */
  onChange(plural: string, listener: (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: Kube) => void): () => void;
}

/** A simulated cluster that serves. */
export interface SimCluster {
  readonly cluster: string;
  /** `http://127.0.0.1:PORT`, the same after stop and start. */
  readonly url: string;
  readonly objects: SimObjects;
  readonly faults: ApiFaults;
  /** The last 100,000 requests, in order of arrival. */
  readonly requests: readonly RequestEntry[];
  /**
   * Entries for a kubeconfig file: cluster, user and context all named as the cluster (or `name`). `user` names one of
   * the cluster's users; default: the one of `token`, else the first, else none.
   */
  kubeconfigEntry(name?: string, user?: string): KubeconfigEntry;
  /** Adds a user, or replaces the one of that name; from the next request on. */
  setUser(user: SimUser): void;
  /** Creates or replaces a budget. */
  setPdb(pdb: PdbSpec): void;
  removePdb(namespace: string, name: string): void;
  /** Closes the port and every connection; the objects and controllers live on. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
  /** Ends everything: connections, timers, listeners. */
  close(): Promise<void>;
}

/** One entry in each of a kubeconfig's three lists. */
export interface KubeconfigEntry {
  readonly cluster: { readonly name: string; readonly cluster: Readonly<Record<string, unknown>> };
  readonly user: { readonly name: string; readonly user: Readonly<Record<string, unknown>> };
  readonly context: { readonly name: string; readonly context: { readonly cluster: string; readonly user: string } };
}

/** Starts the API server of one simulated cluster, and its controllers. It lives in `./start.ts`. */
export type StartSimApi = (options: SimApiOptions) => Promise<SimCluster>;
