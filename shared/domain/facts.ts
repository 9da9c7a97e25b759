import type { Requirement } from './label-selector.ts';
import type { NodeRoom, PodPlacement, Taint } from './placement.ts';

/** One node as its cluster's API shows it. Times in ms since the epoch, by that server's clock. */
export interface NodeView {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly unschedulable: boolean;
  readonly ready: boolean;
  /** Why it is not Ready; empty when it is. */
  readonly notReadyReason: string;
  readonly readySinceMs: number | null;
  readonly heartbeatMs: number | null;
  readonly bootId: string;
  readonly kernelVersion: string;
  readonly osImage: string;
  readonly kubeletVersion: string;
  readonly addresses: readonly { readonly type: string; readonly address: string }[];
  readonly room: NodeRoom;
}

/** Our mark on a Node we work on: the annotation {@link WORK_ANNOTATION}, as JSON. */
export interface WorkMark {
  readonly installation: string;
  readonly rollout: string;
  readonly round: number;
  readonly epoch: number;
  /** Whether somebody else had cordoned it before: then it stays cordoned. */
  readonly cordonedBefore: boolean;
  /** False: its pods are kept off by the taint alone, the cordon is none of ours. Default: true. */
  readonly cordons?: boolean;
  /** The taint that keeps pods off. Missing: none. */
  readonly taint?: Taint;
  /** Whether somebody else had put it there before: then it stays. Default: false. */
  readonly taintedBefore?: boolean;
  /** The labels we changed: what they were before, and what we made of them. null: no such label. */
  readonly labels?: Readonly<Record<string, LabelChange>>;
}

/** One label of a Node that we changed for the time it is away. */
export interface LabelChange {
  readonly before: string | null;
  readonly during: string | null;
}

export const WORK_ANNOTATION = 'nodetide.io/work';

/** Reads our mark; null: there is none. A mark that cannot be read counts as somebody else's: `unreadable`. */
export function workMarkOf(annotations: Readonly<Record<string, string>>): WorkMark | 'unreadable' | null {
  const text = annotations[WORK_ANNOTATION];
  if (text === undefined) return null;
  try {
    const mark = JSON.parse(text) as Partial<WorkMark>;
    const { installation, rollout, round, epoch, cordonedBefore } = mark;
    if (typeof installation !== 'string' || typeof rollout !== 'string') return 'unreadable';
    if (typeof round !== 'number' || typeof epoch !== 'number') return 'unreadable';
    const more = moreOf(mark);
    if (more === null) return 'unreadable';
    return { installation, rollout, round, epoch, cordonedBefore: cordonedBefore === true, ...more };
  } catch {
    return 'unreadable';
  }
}

/** What only some marks hold; null: it cannot be read. */
function moreOf(mark: Partial<WorkMark>): Pick<WorkMark, 'cordons' | 'taint' | 'taintedBefore' | 'labels'> | null {
  const { cordons, taint, taintedBefore, labels } = mark;
  if (taint !== undefined && (typeof taint?.key !== 'string' || typeof taint.effect !== 'string')) return null;
  if (labels !== undefined && (typeof labels !== 'object' || labels === null)) return null;
  return {
    ...(cordons === false ? { cordons } : {}),
    ...(taint === undefined ? {} : { taint }),
    ...(taintedBefore === true ? { taintedBefore } : {}),
    ...(labels === undefined ? {} : { labels }),
  };
}

/** A pod, as far as drains and recovery look at it. */
export interface PodView {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly nodeName: string;
  readonly phase: string;
  readonly ready: boolean;
  readonly deletionMs: number | null;
  /** While one is left, the pod is not gone though it was deleted. */
  readonly finalizers: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly mirror: boolean;
  readonly emptyDir: boolean;
  /** Tolerates the taint of cordoned nodes: after an eviction it may come back to the same node. */
  readonly toleratesCordon: boolean;
  /** Names of the PersistentVolumeClaims it mounts, in its own namespace. */
  readonly claims: readonly string[];
  /** Empty: none. */
  readonly priorityClass: string;
  /** Why it is not ready, as its status tells (`CrashLoopBackOff in app, 5 restarts`, `Unschedulable: …`); else empty. */
  readonly trouble: string;
  readonly placement: PodPlacement;
  /** The controller reference. */
  readonly controller: { readonly apiVersion: string; readonly kind: string; readonly name: string } | null;
}

/** A volume that is attached to a node, or about to be. */
export interface AttachmentView {
  readonly name: string;
  /** Name of its PersistentVolume; null: it has none. */
  readonly volume: string | null;
}

/** A PodDisruptionBudget and its numbers now. */
export interface PdbView {
  readonly namespace: string;
  readonly name: string;
  readonly desiredHealthy: number;
  readonly currentHealthy: number;
  readonly disruptionsAllowed: number;
  readonly expectedPods: number;
  /** null matches no pod, an empty list all pods of its namespace. */
  readonly selector: readonly Requirement[] | null;
  /** As written: a whole number or a percentage (`50%`); null: not set. */
  readonly minAvailable: string | null;
  readonly maxUnavailable: string | null;
  /** `AlwaysAllow` or `IfHealthyBudget`, the default. */
  readonly unhealthyPods: string;
  /** Whether its numbers are of its present specification (observedGeneration). */
  readonly observed: boolean;
}
