/** What each step saw that makes it done. Kept in the journal. */

/** That the node is the machine behind the host, cordoned and empty. */
export interface DrainProof {
  /** Whether the cordon is ours, so that it is ours to take away. */
  readonly cordonedByUs: boolean;
  /** Whether the node was cordoned by somebody else before. */
  readonly cordonedBefore: boolean;
  /**
   * The node carried our mark before this round began: an earlier life of the rollout, whose records are lost, may have
   * changed the host. Default: false.
   */
  readonly adopted?: boolean;
  /** False: left to the reboot step (`if-reboot`), nothing to do (`if-work`), or no Kubernetes. */
  readonly drained: boolean;
  /** When cordon and drain were last seen to hold, ms since the epoch. */
  readonly confirmedAtMs: number | null;
  readonly bootId: string;
  readonly evicted: readonly string[];
  /** Those of them that were deleted against their budgets, as the policy says. Missing: none. */
  readonly deleted?: readonly string[];
  readonly skipped: readonly { readonly pod: string; readonly reason: string }[];
  readonly tookMs: number;
  /** systemd units that had failed before anything was done. */
  readonly failedUnitsBefore: readonly string[];
  /** What os-release said before anything was done. Missing: not kept. */
  readonly os?: OsRelease;
  /** The kernel that ran before anything was done. Missing: not kept. */
  readonly kernel?: string;
}

/** ID and VERSION_ID of os-release; empty: it does not say. */
export interface OsRelease {
  readonly id: string;
  readonly versionId: string;
}

/** One package, before and after. */
export interface PackageChange {
  readonly name: string;
  /** null: newly installed. */
  readonly before: string | null;
  /** null: removed. */
  readonly after: string | null;
}

/** A package that has a newer version and was left as it is. */
export interface LeftPackage {
  readonly name: string;
  readonly before: string;
  /** The version it could have had. */
  readonly available: string;
  /**
   * `held`: by the host itself; `kept-back`: the package manager had reasons of its own (dependencies, phasing);
   * `not-proven`: no earlier stage proved a newer version.
   */
  readonly reason: 'protected' | 'excluded' | 'held' | 'kept-back' | 'not-proven';
}

/** A version that no verified host of an earlier stage has. */
export interface UnprovenPackage {
  readonly name: string;
  readonly version: string;
  /** The versions proved; empty: no verified host has the package. */
  readonly proven: readonly string[];
}

/** How the versions compare with what earlier stages proved. */
export interface BaselineProof {
  /** Which hosts are comparable: distribution, release and architecture. */
  readonly group: string;
  /** The groups that were proved. */
  readonly proved: readonly string[];
  /** Empty also when `group` is not among `proved`: then nothing can be compared. */
  readonly unproven: readonly UnprovenPackage[];
}

/** A bootable image of the whole system: a deployment, or a snapshot. */
export interface SystemImage {
  /** Equal for the same image, before and after a reboot: a checksum, or the number of a snapshot. */
  readonly id: string;
  /** For people: a version, or `snapshot 12`. */
  readonly name: string;
}

/** What was upgraded. */
export interface UpgradeProof {
  readonly manager: string;
  readonly changes: readonly PackageChange[];
  /** false: a command was run, and the host cannot tell its packages. Missing: `changes` is all there was. */
  readonly changesKnown?: false;
  /** Missing: none, or it cannot be told. */
  readonly left?: readonly LeftPackage[];
  /** Missing: not compared (the first stage, or the policy does not want it). */
  readonly baseline?: BaselineProof;
  /** The image that has to run after the next reboot. Missing: packages were changed in place. */
  readonly stagedImage?: SystemImage;
  readonly exitCode: number | null;
  readonly runningKernel: string;
  /** null: cannot be told on this host. */
  readonly newestKernel: string | null;
  /** What the boot loader would start next. null: cannot be told. Missing: as `newestKernel`. */
  readonly expectedKernel?: string | null;
  /** Whether the command's log was read over more than one attempt. */
  readonly attached: boolean;
  readonly bootId: string;
  /** Pods evicted by this step, because the drain before it no longer held. Missing: none. */
  readonly evicted?: readonly string[];
}

/** What one check for a due reboot answered. */
export interface RebootEvidence {
  /** A name of REBOOT_CHECKS, or `policy`. */
  readonly check: string;
  /** null: the host has no such thing, or it cannot be told there; counts neither way. */
  readonly needed: boolean | null;
  /** What was seen, in words. */
  readonly detail: string;
  /** Of the program that was asked. Missing: none was. */
  readonly exitCode?: number;
  /** The packages that asked for the reboot. Missing: not told. */
  readonly packages?: readonly string[];
}

/** The kernels of a host, as releases that `uname -r` would print. */
export interface Kernels {
  /** What the boot loader would start next; null: cannot be told. */
  readonly expected: string | null;
  /** How `expected` was found, in words. */
  readonly by: string;
  /** The highest installed version of the running one's flavour; null: none is to be seen. */
  readonly newest: string | null;
  /** Why the boot loader may not start at all what it is set to, such as a kernel that is gone. Missing: nothing is known. */
  readonly broken?: string;
}

/** Whether a reboot is due, and by which evidence. */
export interface CheckRebootProof {
  readonly needed: boolean;
  readonly evidence: readonly RebootEvidence[];
  /** What a person should know though it makes no reboot due. Missing: nothing. */
  readonly warnings?: readonly string[];
  /** Missing: they were not asked for. */
  readonly kernels?: Kernels;
  /** The node was given back by an attempt that failed: what was drained before has to be drained anew. Default: false. */
  readonly givenBack?: boolean;
  readonly bootId: string;
}

/** That the machine was rebooted, or that it had not to be. */
export interface RebootProof {
  readonly rebooted: boolean;
  readonly bootIdBefore: string;
  readonly bootIdAfter: string;
  /** When it had booted, and when it booted then, ms since the epoch by our clock. Missing: nothing was ordered. */
  readonly bootedBeforeMs?: number;
  readonly bootedAfterMs?: number;
  /** From the order to the first answer after it. */
  readonly downtimeMs: number | null;
  /** Somebody else rebooted the host since the drain. */
  readonly byOthers: boolean;
  /** The kernel that runs after it. Missing: not kept. */
  readonly kernel?: string;
  /** Pods evicted by this step, which drained the node itself. Missing: none. */
  readonly evicted?: readonly string[];
}

/** Whether a step's proof is that of a reboot which we ordered. */
export function isOwnReboot(proof: unknown): boolean {
  const { rebooted, byOthers } = (proof ?? {}) as Partial<RebootProof>;
  return rebooted === true && byOthers === false;
}

/** Each check and what it saw. */
export interface VerifyProof {
  readonly checks: readonly { readonly check: string; readonly detail: string }[];
  readonly soakedMs: number;
  /** The kernel that ran at the last look. Missing: not kept. */
  readonly kernel?: string;
  /** What os-release said at the last look. Missing: not kept. */
  readonly os?: OsRelease;
}

/** How the node was given back. */
export interface UncordonProof {
  readonly uncordoned: boolean;
  /** `schedulable`, `cordoned by others`, `not in Kubernetes`. */
  readonly finalState: string;
}

/** The proof of each step. */
export interface Proofs {
  readonly drain: DrainProof;
  readonly upgrade: UpgradeProof;
  readonly 'check-reboot': CheckRebootProof;
  readonly reboot: RebootProof;
  readonly verify: VerifyProof;
  readonly uncordon: UncordonProof;
}
