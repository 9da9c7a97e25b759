import type { HostSpec } from './spec.ts';

/** One package as a transaction changes it; `before` null: newly installed. */
export interface PackageAct {
  readonly name: string;
  readonly before: string | null;
  readonly after: string;
}

/** What a Debian host has installed although nobody upgrades it here. */
const BASE: Readonly<Record<string, string>> = {
  adduser: '3.134',
  apt: '2.6.1',
  'base-files': '12.4+deb12u8',
  bash: '5.2.15-2+b7',
  containerd: '1.6.20~ds1-1+deb12u1',
  coreutils: '9.1-1',
  dpkg: '1.21.22',
  kubelet: '1.31.2-1.1',
  libc6: '2.36-9+deb12u8',
  'openssh-server': '1:9.2p1-2+deb12u3',
  openssl: '3.0.15-1~deb12u1',
  systemd: '252.31-1~deb12u1',
  tzdata: '2024a-0+deb12u1',
};

const META = 'linux-image-amd64';

/** Version of the kernel packages of a release: `6.1.0-27-amd64` → `6.1.27-1`. */
function kernelVersion(release: string): string {
  const [, major, minor, abi] = /^(\d+)\.(\d+)\.\d+-(\d+)/.exec(release) ?? [];
  return major === undefined ? '1.0-1' : `${major}.${minor}.${abi}-1`;
}

/** The package that holds a kernel. */
export function kernelPackage(release: string): string {
  return `linux-image-${release}`;
}

/** The dpkg database of a host, and what its repository offers. */
export class PackageSet {
  readonly installed = new Map<string, string>();
  readonly #offered = new Map<string, string>();
  readonly #newKernel: string | null;
  /** A transaction was cut off: dpkg wants `--configure -a` first. */
  interrupted = false;

  constructor(spec: HostSpec) {
    for (const [name, version] of Object.entries(BASE)) this.installed.set(name, version);
    for (const { name, from, to } of spec.upgrades) {
      this.installed.set(name, from);
      this.#offered.set(name, to);
    }
    this.installed.set(META, kernelVersion(spec.kernel));
    this.installed.set(kernelPackage(spec.kernel), kernelVersion(spec.kernel));
    this.#newKernel = spec.newKernel;
    if (spec.newKernel !== null) this.#offered.set(META, kernelVersion(spec.newKernel));
  }

  /** What an upgrade would do now. Without `installNew` packages that need new ones are kept back. */
  pending(installNew: boolean): { acts: PackageAct[]; keptBack: string[] } {
    const acts: PackageAct[] = [];
    const keptBack: string[] = [];
    for (const [name, after] of [...this.#offered].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const before = this.installed.get(name) ?? null;
      if (before === after) continue;
      if (name !== META || this.#newKernel === null) acts.push({ name, before, after });
      else if (!installNew) keptBack.push(name);
      else {
        const kernel = kernelPackage(this.#newKernel);
        if (!this.installed.has(kernel)) acts.push({ name: kernel, before: null, after });
        acts.push({ name, before, after });
      }
    }
    return { acts, keptBack };
  }

  /** The version the repository has; null: no such package. */
  candidate(name: string): string | null {
    return this.#offered.get(name) ?? this.installed.get(name) ?? null;
  }

  apply(act: PackageAct): void {
    this.installed.set(act.name, act.after);
  }

  /** Puts a newer version into the repository. */
  offer(name: string, version: string): void {
    this.#offered.set(name, version);
  }
}

/** The kernel release a package holds; null: none. */
export function releaseOf(packageName: string): string | null {
  return /^linux-image-(\d.*)$/.exec(packageName)?.[1] ?? null;
}
