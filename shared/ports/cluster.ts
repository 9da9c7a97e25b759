import type { AttachmentView, NodeView, PdbView, PodView } from '../domain/facts.ts';
import type { NodeChange } from '../domain/node-change.ts';
import type { NodeEvent } from '../domain/node-event.ts';
import type { Permission } from '../domain/permissions.ts';
import type { ObjectSelection } from '../domain/user-check.ts';

export type { NodeChange };

/** The answer to an eviction (or delete) of a pod. */
export type EvictionAnswer =
  | { readonly kind: 'accepted' }
  /** 404, or the name now belongs to another pod (other UID). */
  | { readonly kind: 'gone' }
  /** 429: a budget refuses, or the server is busy. `budgets`: names from the Status causes. */
  | {
      readonly kind: 'refused';
      readonly message: string;
      readonly budgets: readonly string[];
      readonly retryAfterMs: number | null;
    }
  /** Worth trying again: 409, 5xx, connection trouble. */
  | { readonly kind: 'trouble'; readonly message: string; readonly retryAfterMs: number | null }
  /** 403 with cause NamespaceTerminating. */
  | { readonly kind: 'namespace-terminating'; readonly message: string }
  /** Will not change by itself: several budgets on one pod, an admission webhook, a missing permission. */
  | { readonly kind: 'impossible'; readonly message: string };

/** How a pod is made to go. */
export interface RemoveOptions {
  /** -1: the pod's own; 0: at once. */
  readonly gracePeriodSeconds: number;
  /** Only asks what would be answered; nothing is changed. Default: false. */
  readonly dryRun?: boolean;
}

/** A Lease as we use it. */
export interface LeaseView {
  readonly holder: string | null;
  readonly acquiredAtMs?: number | null;
  readonly renewedAtMs: number | null;
  readonly durationSeconds: number | null;
  readonly resourceVersion: string;
}

/** A Lease as it shall be: see {@link ClusterApi.putLease}. */
export interface LeaseWish {
  readonly holder: string | null;
  readonly durationSeconds: number;
  /** The resourceVersion it must still have; null: there must be none. */
  readonly expected: string | null;
  /** When it was taken, ms since the epoch; default: now. */
  readonly acquiredAtMs?: number;
  readonly owner?: { readonly name: string; readonly uid: string };
}

/** The part of a {@link ClusterApi} that reads whole clusters: what plans and preflights need. */
export type ClusterReader = Pick<ClusterApi, 'name' | 'listNodes' | 'listPods' | 'listPdbs' | 'close'>;

/**
 * One Kubernetes cluster. Every call takes a signal and ends when it is aborted. Failures are StepError with codes
 * `cluster-unreachable` (retryable), `cluster-unauthorized`, `cluster-forbidden`, `cluster-error`.
 */
export interface ClusterApi {
  readonly name: string;
  listNodes(signal: AbortSignal): Promise<NodeView[]>;
  /** null: no such node. */
  getNode(name: string, signal: AbortSignal): Promise<NodeView | null>;
  /**
   * Reads the Node, asks `change` what to do (null: nothing), and writes it only if the Node is still as read
   * (resourceVersion); on a conflict reads again. What `change` throws is passed on. Returns the Node as it is then.
   * StepError `node-missing` when there is none.
   */
  updateNode(name: string, change: (node: NodeView) => NodeChange | null, signal: AbortSignal): Promise<NodeView>;
  /** Follows `continue`; `selector` is applied by the server. */
  listPodsOnNode(node: string, selector: string, signal: AbortSignal): Promise<PodView[]>;
  /** All pods of a namespace, or of all (`namespace` empty); follows `continue`; `selector` is applied by the server. */
  listPods(namespace: string, selector: string, signal: AbortSignal): Promise<PodView[]>;
  daemonSetExists(namespace: string, name: string, signal: AbortSignal): Promise<boolean>;
  evictPod(pod: PodView, options: RemoveOptions, signal: AbortSignal): Promise<EvictionAnswer>;
  deletePod(pod: PodView, options: RemoveOptions, signal: AbortSignal): Promise<EvictionAnswer>;
  /**
   * Calls `onPods` with the node's pods now and after every change, until the signal aborts; one list and one watch,
   * listed again on 410 and after a lost connection. Resolves on abort; rejects only for what cannot heal (401, 403).
   */
  watchPodsOnNode(node: string, onPods: (pods: PodView[]) => void, signal: AbortSignal): Promise<void>;
  /**
   * The objects of any kind that a selection names, as the API server gives them; a name that is not there gives none.
   * StepError `cluster-no-such-resource` (retryable) when the server knows no such kind.
   */
  readObjects(objects: ObjectSelection, signal: AbortSignal): Promise<readonly unknown[]>;
  /**
   * Sets annotations of a DaemonSet (null takes one away) if it is still at that resourceVersion; false: it is not, and
   * nothing was changed.
   */
  annotateDaemonSet(
    place: { readonly namespace: string; readonly daemonSet: string },
    resourceVersion: string,
    annotations: Readonly<Record<string, string | null>>,
    signal: AbortSignal,
  ): Promise<boolean>;
  listPdbs(signal: AbortSignal): Promise<PdbView[]>;
  listVolumeAttachments(node: string, signal: AbortSignal): Promise<AttachmentView[]>;
  /** The PersistentVolume a claim is bound to; null: there is no such claim, or it is not bound. */
  volumeOfClaim(namespace: string, claim: string, signal: AbortSignal): Promise<string | null>;
  /** null: there is none. */
  getLease(namespace: string, name: string, signal: AbortSignal): Promise<LeaseView | null>;
  /**
   * Creates (`expected` null) or replaces (only if still at that resourceVersion) a Lease, renewed now; `holder` null
   * gives it up. `owner`: the Node whose end is also the Lease's. Returns null when somebody else was faster.
   */
  putLease(namespace: string, name: string, lease: LeaseWish, signal: AbortSignal): Promise<LeaseView | null>;
  /** Posts a Kubernetes Event on a Node; the same words again are counted. */
  postEvent(event: NodeEvent, signal: AbortSignal): Promise<void>;
  canI(permission: Permission, signal: AbortSignal): Promise<boolean>;
  /** Server version, how far the server's clock is ahead of ours, and the URL it is reached by. Missing: not known. */
  serverInfo(signal: AbortSignal): Promise<{ version: string; clockSkewMs: number; endpoint?: string }>;
  close(): Promise<void>;
}
