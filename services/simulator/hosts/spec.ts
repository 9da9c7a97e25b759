/** A package with a newer version in the repository. */
export interface SimUpgrade {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** What goes wrong on a host, and how it goes down. All may be changed while the world runs. */
export interface HostFaults {
  /** A reboot ends in a machine that stays off until it is switched on by hand. */
  neverReturns: boolean;
  /** The reboot command succeeds and nothing happens. */
  rebootIgnored: boolean;
  /** The machine comes back with the kernel it ran before. */
  keepsOldKernel: boolean;
  /** So many upgrades from now on fail half-way with this exit code. */
  upgradeFails: { times: number; exitCode: number };
  /** So many refreshes of the package lists from now on fail. */
  refreshFails: number;
  /** Every write to the disk says ENOSPC. */
  diskFull: boolean;
  sudoAsks: boolean;
  /** What a new connection meets: `hang` accepts and never says a word. */
  connect: 'accept' | 'hang' | 'refuse';
  /** So many commands lose their connection: `before` they have run, or `after`, when they ran but cannot say so. */
  dropCommands: { times: number; when: 'before' | 'after' };
  /** The kubelet does not start at the next boots. */
  kubeletStaysDown: boolean;
  /** What a new connection meets while the machine is off. */
  whileDown: 'refuse' | 'hang';
  /** Whether the reboot command still returns (0), or the connection drops under it. */
  rebootReply: 'returns' | 'drops';
}

/** How long things take, in ms before the world's speed divides them. */
export interface HostTimings {
  /** A whole upgrade, whatever the number of packages. */
  readonly upgradeMs: number;
  readonly refreshMs: number;
  /** From the order to the machine going off. */
  readonly shutdownMs: number;
  /** From the machine going off to its SSH server answering. */
  readonly bootMs: number;
}

/** One simulated host as described. */
export interface HostSpec {
  readonly cluster: string;
  readonly name: string;
  /** The release running at the start, as `uname -r` prints it. */
  readonly kernel: string;
  /** A newer kernel in the repository; null: none. */
  readonly newKernel: string | null;
  /** Other packages with newer versions. */
  readonly upgrades: readonly SimUpgrade[];
  /** Whether installing a kernel leaves /run/reboot-required. */
  readonly sentinel: boolean;
  readonly failedUnits: readonly string[];
  /** How far the host's clock is ahead. */
  readonly clockSkewMs: number;
  readonly timings: HostTimings;
  readonly faults: HostFaults;
  /** From the start on somebody else holds the package lock for so long (not divided by speed). */
  readonly aptLockedMs: number;
}

export const DEFAULT_TIMINGS: HostTimings = { upgradeMs: 20_000, refreshMs: 1_000, shutdownMs: 500, bootMs: 20_000 };

/** A host where nothing goes wrong. */
export function noFaults(): HostFaults {
  return {
    neverReturns: false,
    rebootIgnored: false,
    keepsOldKernel: false,
    upgradeFails: { times: 0, exitCode: 100 },
    refreshFails: 0,
    diskFull: false,
    sudoAsks: false,
    connect: 'accept',
    dropCommands: { times: 0, when: 'after' },
    kubeletStaysDown: false,
    whileDown: 'refuse',
    rebootReply: 'drops',
  };
}

/** Debian 12, up to date but for a new kernel. */
export function hostSpec(spec: Pick<HostSpec, 'cluster' | 'name'> & Partial<HostSpec>): HostSpec {
  return {
    kernel: '6.1.0-27-amd64',
    newKernel: '6.1.0-28-amd64',
    upgrades: [],
    sentinel: true,
    failedUnits: [],
    clockSkewMs: 0,
    timings: DEFAULT_TIMINGS,
    faults: noFaults(),
    aptLockedMs: 0,
    ...spec,
  };
}
