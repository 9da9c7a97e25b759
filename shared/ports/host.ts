/** Who acts on a host, so that the host itself can refuse those who no longer may. */
export interface Fence {
  readonly installation: string;
  readonly rollout: string;
  readonly node: string;
  readonly round: number;
  /** The host refuses an epoch lower than the highest it has seen from this installation. */
  readonly epoch: number;
}

/** A host as it shows itself, read in one round trip. */
export interface HostFacts {
  /** /proc/sys/kernel/random/boot_id */
  readonly bootId: string;
  readonly kernel: string;
  /** From os-release. */
  readonly os: { readonly id: string; readonly versionId: string; readonly prettyName: string };
  /** As `uname -m` says. Missing: not told. */
  readonly arch?: string;
  /** What upgrades the system as a whole, where it is an image that is not changed in place. Missing: it is none. */
  readonly imageTool?: 'rpm-ostree' | 'transactional-update';
  readonly uptimeSeconds: number;
  /** The host's clock. */
  readonly nowMs: number;
  readonly hostname: string;
  /** Failed systemd units; null: no systemd. */
  readonly failedUnits: readonly string[] | null;
  /** A package transaction that runs now, by whomever; null: none. */
  readonly packageTransaction: string | null;
}

/** POSIX sh text with positional arguments ("$1" …): arguments are quoted, the text never holds data. */
export interface Script {
  readonly text: string;
  readonly args: readonly string[];
}

/** How a command that was waited for ended. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that outlives its connection. The same id again attaches. */
export interface DetachedTask {
  /** `[A-Za-z0-9._-]+`, unique per execution: a retry after a recorded exit takes a new one. */
  readonly id: string;
  readonly fence: Fence;
  readonly script: Script;
  /** Told before any output when an earlier call had started it, and whether its log is given from the start again. */
  readonly onAttached?: (again: { readonly fromStart: boolean }) => void;
}

/** How a detached command ended. */
export type DetachedResult =
  | {
      readonly kind: 'exited';
      readonly exitCode: number;
      /** It had been started by an earlier call. */
      readonly attached: boolean;
      /** The end of the log, however much of it earlier calls were given: at least its last 4 Ki characters. */
      readonly logTail?: string;
    }
  /** The host was rebooted while it ran: its end is not known. */
  | { readonly kind: 'cut-by-reboot'; readonly bootId: string }
  /** Its process is gone, without a reboot and without a recorded end (killed, or the disk was full). */
  | { readonly kind: 'vanished' };

/** A reboot, with what the host itself checks before it obeys. */
export interface RebootOrder {
  readonly fence: Fence;
  /** The reboot is refused when the host runs under another boot id. */
  readonly expectBootId: string;
  /** Refused after this, by the host's clock, ms since the epoch. */
  readonly notAfterMs: number;
  /** Empty: `systemctl reboot`. */
  readonly command: string;
}

/**
 * One host. Nothing outside the adapter knows how it is reached. Failures are StepError; the way to the host has the codes
 * `host-unreachable`, `host-refused-connection`, `host-timeout`, `host-name-not-found`, `host-silent`, `host-login-timeout`,
 * `host-session-timeout`, `host-closed-before-login`, `host-sessions-full`, `host-connection-lost` (retryable) and
 * `host-key-*`, `host-auth-refused`, `host-ssh-incompatible`, `host-jump-refused`, `host-no-shell`,
 * `host-password-expired`, `sudo-*`, `ssh-settings` (not retryable); the host itself refuses with `host-not-owned`,
 * `host-stale-epoch`, `host-boot-id-changed`, `host-order-expired`, `host-not-this-machine` (not retryable), `host-busy` (a package transaction
 * runs), `host-disk-full`, `host-script-failed` (it cannot do what is asked of it; retryable).
 */
export interface Host {
  readonly name: string;
  facts(signal: AbortSignal): Promise<HostFacts>;
  /** Runs to its end while the connection holds; only for what may safely run twice. An exit code other than 0 is a result. */
  run(script: Script, signal: AbortSignal): Promise<CommandResult>;
  /**
   * Makes this host ours, in a file on it: refused (`host-not-owned`) while another installation or rollout holds it.
   * Twice is as good as once; a higher epoch replaces a lower one.
   */
  own(fence: Fence, signal: AbortSignal): Promise<void>;
  /** Gives the host back. Only the holder's own word counts; not ours: nothing happens. */
  disown(fence: Fence, signal: AbortSignal): Promise<void>;
  /**
   * Starts the task, or attaches to it; never two at once on a host (`host-busy`). Aborting only detaches.
   * `onOutput` gets the whole log from its start, in whole characters; attaching again on the same Host object goes on where
   * the output ended.
   */
  runDetached(task: DetachedTask, onOutput: (text: string) => void, signal: AbortSignal): Promise<DetachedResult>;
  /** Gives the order; the host itself checks fence, boot id, deadline and running package transactions. Does not wait for the boot. */
  reboot(order: RebootOrder, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
