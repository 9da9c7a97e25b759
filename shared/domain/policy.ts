import type { GateSettings } from './gate/settings.ts';
import type { Hook } from './hooks/hook.ts';
import type { Taint } from './placement.ts';
import type { PreflightPolicy } from './preflight/codes.ts';
import type { StepName } from './steps.ts';
import type { UserCheck } from './user-check.ts';
import type { WindowPolicy } from './window/window.ts';

/** How often and how long a step is tried. */
export interface StepLimits {
  /** From the first begin of an attempt to its end; on a host a time-out only detaches. */
  readonly timeoutMs: number;
  /** Attempts without a person, at least 1. */
  readonly attempts: number;
  /** First delay between attempts; doubles each time, with jitter. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
}

/** Options of a drain; names and meaning follow `kubectl drain`. */
export interface DrainPolicy {
  /** `if-work`: only when something is to be upgraded or a reboot is due; `if-reboot`: only right before a reboot. */
  readonly when: 'always' | 'if-work' | 'if-reboot';
  readonly force: boolean;
  readonly ignoreDaemonSets: boolean;
  readonly deleteEmptyDirData: boolean;
  /** -1: the pod's own; 0: at once. */
  readonly gracePeriodSeconds: number;
  readonly disableEviction: boolean;
  /** 0: off. */
  readonly skipWaitForDeleteTimeoutSeconds: number;
  /** Kubernetes label selector; empty: all pods. */
  readonly podSelector: string;
  /** How long to wait for the node's VolumeAttachments to go. 0: do not wait. */
  readonly volumeDetachTimeoutMs: number;
  /** Groups of pods that go one after another. Empty: all at once. */
  readonly order: readonly DrainGroup[];
  /** A pod that a budget refuses for so long is told of. 0: never. */
  readonly notifyAfterMs: number;
  /** A pod that a budget refuses for so long is deleted, if it has the labels below. 0: never. */
  readonly deleteRefusedAfterMs: number;
  /** Kubernetes label selector of the pods that may be deleted against a budget. */
  readonly deleteRefusedSelector: string;
}

/** Which pods go together. `rest`: those no other group of the order names; without it they go first. */
export type DrainGroup =
  | { readonly kind: 'selector'; readonly selector: string }
  | { readonly kind: 'priorityClasses'; readonly names: readonly string[] }
  | { readonly kind: 'namespaces'; readonly names: readonly string[] }
  | { readonly kind: 'rest' };

/** How pods are kept off a node while it is away, and which labels tell others so. */
export interface CordonPolicy {
  /** Whether the node is made unschedulable, as `kubectl cordon` does. */
  readonly unschedulable: boolean;
  /** A taint put there for the time; null: none. Never `NoExecute`: that would remove pods without asking their budgets. */
  readonly taint: Taint | null;
  /** Labels for the time the node is away; null takes a label away. Restored afterwards. */
  readonly labelsDuring: Readonly<Record<string, string | null>>;
  /** Labels of a node that was upgraded and verified; null takes a label away. */
  readonly labelsAfter: Readonly<Record<string, string | null>>;
}

/** As `kubectl cordon` does, and nothing more. */
export const PLAIN_CORDON: CordonPolicy = { unschedulable: true, taint: null, labelsDuring: {}, labelsAfter: {} };

/** What is upgraded, and how. */
export interface UpgradePolicy {
  /** `auto` finds the manager from os-release; `command` runs the user's own; `none` upgrades nothing. */
  readonly manager: 'auto' | 'apt' | 'dnf' | 'zypper' | 'rpm-ostree' | 'transactional-update' | 'command' | 'none';
  /** For `command`: POSIX sh text, run as root. */
  readonly command: string;
  /** `dist-upgrade`: the verb of apt and zypper that may also remove packages (those of `allowRemovals`); for dnf as `all`. */
  readonly mode: 'all' | 'security' | 'packages' | 'dist-upgrade';
  /** For mode `packages`: patterns (`*` and `?`) of the installed packages to upgrade. */
  readonly packages: readonly string[];
  /** Patterns of packages that are left as they are. */
  readonly exclude: readonly string[];
  /** As `exclude`, for what is upgraded by another way than with the system: kubelet, container runtimes, storage. */
  readonly protect: readonly string[];
  /** What becomes of configuration files that both an administrator and the new package changed. Only for apt. */
  readonly configFiles: 'keep' | 'replace';
  /** Patterns of packages that an upgrade may remove; any other removal refuses the whole upgrade. */
  readonly allowRemovals: readonly string[];
  /** How long to wait for a package lock that somebody else holds. */
  readonly lockWaitMs: number;
  /**
   * What becomes of a version that no verified host of an earlier stage, of the same distribution, has: it is told of, it
   * refuses the whole upgrade, or it is not taken (an older, proven one is, if it can be had).
   */
  readonly baseline: 'off' | 'warn' | 'block' | 'pin';
}

/** What is protected unless a policy says otherwise: Kubernetes, container runtimes, etcd and storage go their own way. */
export const PROTECTED_PACKAGES: readonly string[] = [
  'kubelet',
  'kubeadm',
  'kubectl',
  'cri-o*',
  'cri-tools',
  'containerd*',
  'docker*',
  'rke2*',
  'k3s*',
  'etcd*',
  'ceph*',
];

/** The ways to tell whether a reboot is due. */
export const REBOOT_CHECKS = [
  'sentinel-file',
  'sentinel-command',
  'needs-restarting',
  'needrestart',
  'zypper',
  'kernel',
  'staged-image',
] as const;

export type RebootCheckName = (typeof REBOOT_CHECKS)[number];

/** When and how a node is rebooted. */
export interface RebootPolicy {
  readonly when: 'if-needed' | 'always' | 'never';
  /** Empty: `systemctl reboot`. POSIX sh text, run as root. */
  readonly command: string;
  /** POSIX sh text, run on the machine nodetide runs on, that reboots the host from outside. Empty: the host reboots itself. */
  readonly controlCommand: string;
  /** Whether the host is shut down before `controlCommand`, which then has to turn it on. */
  readonly shutdownFirst: boolean;
  /** How long `controlCommand` may take. */
  readonly controlTimeoutMs: number;
  /** From the order (or the end of `controlCommand`) until the host is seen down, or back under a new boot id. */
  readonly downTimeoutMs: number;
  /** From when it was seen down until it is back. */
  readonly upTimeoutMs: number;
  /** `auto`: those that the host can answer. One that is named must be answered, else it is a failure. */
  readonly checks: 'auto' | readonly RebootCheckName[];
  /** Whether one check that says so makes a reboot due, or only all that could be asked. */
  readonly match: 'any' | 'all';
  /** A single check that takes longer is a failure. */
  readonly checkTimeoutMs: number;
  /** Files whose presence says that a reboot is due; any of them is enough. */
  readonly sentinelFiles: readonly string[];
  /** Empty: none. Exit 0 says a reboot is due, 1 that it is not, anything else is an error (as kured's sentinel command). */
  readonly sentinelCommand: string;
  /** A reboot order older than this, by the host's clock, is refused by the host. */
  readonly orderValidMs: number;
  /** Cordon and drain must have been confirmed at most this long before the reboot. */
  readonly confirmMaxAgeMs: number;
}

/** What must hold before a node counts as well. */
export interface VerifyPolicy {
  /** All checks must hold for this long. */
  readonly soakMs: number;
  /** The user's own; all must hold. */
  readonly checks: readonly UserCheck[];
  readonly failedUnits: boolean;
  readonly daemonSetPods: boolean;
}

/** Everything that decides how one node is treated. */
export interface NodePolicy {
  readonly cordon: CordonPolicy;
  readonly drain: DrainPolicy;
  readonly upgrade: UpgradePolicy;
  readonly reboot: RebootPolicy;
  readonly verify: VerifyPolicy;
  readonly limits: Readonly<Record<StepName, StepLimits>>;
  /** What becomes of a cordoned node whose chain cannot go on while nothing on the host was changed. */
  readonly onInterrupted: 'release' | 'hold';
  /** A node somebody else cordoned: left out, or upgraded and left cordoned. */
  readonly cordonedByOthers: 'skip' | 'keep-cordoned';
  /** Those of steps and of the node as a whole, in the order in which they run. */
  readonly hooks: readonly Hook[];
}

/** Limits over one cluster. */
export interface ClusterPolicy {
  /** Most nodes away at once: claimed, not Ready or cordoned. Number, or per cent of the cluster's nodes (rounded down, at least 1). */
  readonly maxUnavailable: Amount;
  /** The same for each value of a label of the Nodes, besides. */
  readonly maxUnavailablePer: readonly TopologyLimit[];
  /** After uncordon the slot is kept until the cluster has been well for this long. */
  readonly recoverySoakMs: number;
  /** Between two reboots of the cluster, over all rollouts, from the last proven one. 0: none. */
  readonly minTimeBetweenRebootsMs: number;
  /** Facts about the cluster older than this give no claim. */
  readonly factsMaxAgeMs: number;
  /** One- and two-member control planes lose their quorum in a reboot: refused unless this is true. */
  readonly allowControlPlaneOutage: boolean;
  /** Namespace of the cluster's Lease. */
  readonly leaseNamespace: string;
  /** The Lease of each node that is away: `prefix` and the node's name. null: none is taken. */
  readonly nodeLease: { readonly namespace: string; readonly prefix: string } | null;
  /** A node that nodetide itself runs on: goes last in its wave, or keeps the plan from being made. */
  readonly ownNode: 'last' | 'refuse';
  /** Label selector of the pods of nodetide itself, in whatever namespace; empty: they are not looked for. */
  readonly ownPods: string;
  /** Whether Kubernetes Events tell of the work on a Node. */
  readonly nodeEvents: boolean;
  /** When work may begin. */
  readonly window: WindowPolicy;
  /** What must hold before a node is taken, and at other moments. */
  readonly gates: readonly GateSettings[];
  /** What is done about each kind of finding of a preflight. */
  readonly preflight: PreflightPolicy;
  /** Those of waves and of the cluster as a whole, in the order in which they run. */
  readonly hooks: readonly Hook[];
}

/** Most nodes away at once for each value of a label: a zone, a rack. */
export interface TopologyLimit {
  readonly label: string;
  /** Number, or per cent of the domain's nodes (rounded down, at least 1). */
  readonly max: Amount;
}

/** An absolute number or a share. */
export type Amount =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'percent'; readonly value: number };

/** A failure budget for `total` nodes: a share rounds down, also to none. */
export function resolveBudget(budget: Amount, total: number): number {
  return budget.kind === 'number' ? budget.value : Math.floor((total * budget.value) / 100);
}

/** `amount` of `total`: a share rounds down, and is at least 1. */
export function resolveAmount(amount: Amount, total: number): number {
  if (amount.kind === 'number') return amount.value;
  return Math.max(1, Math.floor((total * amount.value) / 100));
}
