import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { APT } from '../../shared/packages/apt.ts';
import { DNF } from '../../shared/packages/dnf.ts';
import { ZYPPER } from '../../shared/packages/zypper.ts';
import type { CommandResult, Script } from '../../shared/ports/host.ts';
import type { PackageManager } from '../../shared/ports/packages.ts';
import { aptRoot, HAS_APT } from './apt-root.ts';
import { rpmRoot, rpmTools } from './rpm-root.ts';

/** What a version of a package is to bring along. */
export interface LabPackage {
  readonly needs?: string;
  /** An installed package that cannot stay beside it. */
  readonly removes?: string;
  /** Its script ends with a failure. */
  readonly fails?: boolean;
  /** It mends a hole. */
  readonly security?: boolean;
}

/** A real package manager on a private root with a private repository: the same acts whichever it is. */
export interface PackageLab {
  readonly manager: PackageManager;
  /** How a package is named in what the manager says. */
  named(name: string): string;
  publish(name: string, version: string, more?: LabPackage): Promise<void>;
  install(...names: string[]): Promise<void>;
  /** Makes the host itself hold a package. */
  hold(name: string): Promise<void>;
  /** Lets another process hold the manager's lock until it is killed. */
  lock(): Promise<ChildProcess>;
  /** The repository is no longer where the host looks for it. */
  cutOff(): Promise<void>;
  run(script: Script, heard?: (text: string) => void): Promise<CommandResult>;
  end(): Promise<void>;
}

const HOLD_LOCK =
  'import fcntl, sys, time; f = open(sys.argv[1], "w"); fcntl.lockf(f, fcntl.LOCK_EX); print("held", flush=True); time.sleep(600)';

/** Holds a lock as dpkg takes it (fcntl), until it is killed. */
export async function holdLock(file: string): Promise<ChildProcess> {
  const holder = spawn('python3', ['-c', HOLD_LOCK, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(holder.stdout as NonNullable<ChildProcess['stdout']>, 'data');
  return holder;
}

/** Why a laboratory cannot be had here, or the way to one. */
export async function packageLabs(): Promise<Record<'apt' | 'dnf' | 'zypper', string | (() => Promise<PackageLab>)>> {
  const tools = await rpmTools();
  return {
    apt: HAS_APT ? aptLab : 'this machine has no apt and dpkg-scanpackages',
    dnf: typeof tools === 'string' ? tools : () => rpmLab('dnf', tools),
    zypper: typeof tools === 'string' ? tools : () => rpmLab('zypper', tools),
  };
}

async function aptLab(): Promise<PackageLab> {
  const apt = await aptRoot();
  return {
    manager: APT,
    named: name => name,
    publish: (name, version, { needs, removes, fails, security } = {}) =>
      apt.publish(name, version, {
        control: [
          ...(needs ? [`Depends: ${needs}`] : []),
          ...(removes ? [`Conflicts: ${removes}`, `Replaces: ${removes}`] : []),
        ],
        ...(fails ? { postinst: 'exit 1' } : {}),
        repository: security ? 'security' : 'main',
      }),
    install: async (...names) =>
      done(await apt.run({ text: 'apt-get -q update && apt-get -q -y install "$@"', args: names })),
    hold: async name => done(await apt.run({ text: 'apt-mark hold "$1"', args: [name] })),
    lock: () => holdLock(join(apt.root, 'var/lib/dpkg/lock-frontend')),
    cutOff: () => writeFile(join(apt.root, 'etc/apt/sources.list'), 'deb [trusted=yes] http://127.0.0.1:1/gone ./\n'),
    run: apt.run,
    end: apt.end,
  };
}

async function rpmLab(kind: 'dnf' | 'zypper', tools: Parameters<typeof rpmRoot>[0]): Promise<PackageLab> {
  const rpm = await rpmRoot(tools);
  const repoFile = join(rpm.root, kind === 'dnf' ? 'etc/yum.repos.d/base.repo' : 'etc/zypp/repos.d/base.repo');
  const install = kind === 'dnf' ? 'dnf -q -y install "$@"' : 'zypper -q -n refresh; zypper -q -n install "$@"';
  return {
    manager: kind === 'dnf' ? DNF : ZYPPER,
    named: name => `${name}.noarch`,
    publish: async (name, version, { needs, removes, fails, security } = {}) => {
      const head = [...(needs ? [`Requires: ${needs}`] : []), ...(removes ? [`Obsoletes: ${removes}`] : [])];
      await rpm.publish(name, version, { head, ...(fails ? { post: 'error("on purpose")' } : {}) });
      if (security) rpm.notice(name, version);
    },
    install: async (...names) => done(await rpm.run({ text: install, args: names })),
    hold: async name =>
      kind === 'dnf'
        ? appendFile(repoFile, `exclude=${name}\n`)
        : done(await rpm.run({ text: 'zypper -q addlock "$1"', args: [name] })),
    lock: async () => {
      const holder = spawn('sleep', ['600'], { stdio: 'ignore' });
      await mkdir(rpm.dnfCache, { recursive: true });
      const file = kind === 'dnf' ? join(rpm.dnfCache, 'metadata_lock.pid') : join(rpm.root, 'run/zypp.pid');
      await writeFile(file, `${holder.pid}`);
      return holder;
    },
    cutOff: () =>
      writeFile(
        repoFile,
        '[gone]\nname=gone\nenabled=1\ngpgcheck=0\nmetadata_expire=0\nbaseurl=http://127.0.0.1:1/gone\n',
      ),
    run: rpm.run,
    end: rpm.end,
  };
}

function done({ exitCode, stdout, stderr }: CommandResult): void {
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${stdout}${stderr}`);
}
