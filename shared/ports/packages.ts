import type { UpgradePolicy } from '../domain/policy.ts';
import type { Kernels, LeftPackage, PackageChange, SystemImage } from '../domain/proof.ts';
import type { HostFacts, Script } from './host.ts';

/** What an upgrade would do now. */
export interface Pending {
  readonly changes: readonly PackageChange[];
  readonly left: readonly LeftPackage[];
  /** Why the upgrade would refuse to begin, each with a code of the catalogue; empty: it would begin. */
  readonly problems: readonly { readonly code: string; readonly message: string }[];
}

/**
 * Which versions an upgrade may bring. `block`: any other refuses it; `pin`: any other is left, the newest of these that
 * can be had is taken.
 */
export interface VersionLimit {
  readonly kind: 'block' | 'pin';
  /** `NAME VERSION`, as {@link provenKey} writes them; versions that are installed already need not be among them. */
  readonly versions: readonly string[];
}

/** The images of a host that is upgraded as a whole, not package by package. */
export interface Images {
  /** What runs. */
  readonly booted: SystemImage;
  /** What the next boot starts; an image of another id than `booted` is staged. */
  readonly next: SystemImage;
}

/** One kind of package manager: what to run, and how to read what it says. Pure; the host is asked by the caller. */
export interface PackageManager {
  readonly kind: string;
  /** Whether it is the one for this host. */
  fits(facts: HostFacts): boolean;
  /** Refreshes the lists and prints what an upgrade would change; changes nothing else. null: cannot be told (a user's own command). */
  pendingScript(policy: UpgradePolicy, limit?: VersionLimit | null): Script | null;
  parsePending(stdout: string): Pending;
  /** Run detached. Simulates first, and begins nothing when {@link Pending.problems} would not be empty. */
  upgradeScript(policy: UpgradePolicy, limit?: VersionLimit | null): Script;
  /** Prints all installed packages with versions. null: cannot be told. */
  installedScript(): Script | null;
  parseInstalled(stdout: string): Map<string, string>;
  /** Prints which kernel the boot loader would start, and which is the newest installed. null: cannot be asked. */
  kernelScript(): Script | null;
  parseKernels(stdout: string): Kernels;
  /** Asks which image runs and which the next boot starts. Missing: packages are changed in place, there are no images. */
  imageScript?(): Script;
  /** null: cannot be told from this answer. */
  parseImages?(stdout: string): Images | null;
  /** The failure behind an exit code other than 0, from the log's last lines. */
  explain(exitCode: number, logTail: string): { code: string; message: string; retryable: boolean; todo: string };
}
