import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CommandResult, Script } from '../../shared/ports/host.ts';
import { runHeard } from './run-heard.ts';

/** Whether this machine has what a private apt needs. */
export const HAS_APT = existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/dpkg-scanpackages');

/** What a package has besides its name. */
export interface PackageSpec {
  readonly postinst?: string;
  /** Text of its configuration file. */
  readonly conf?: string;
  /** Lines of its control file, such as `Depends: x`. */
  readonly control?: readonly string[];
  /** Which of the two repositories has it; default: main. */
  readonly repository?: 'main' | 'security';
}

/** The machine's own apt and dpkg on a private root with two private repositories, one of them for security updates. */
export interface AptRoot {
  readonly root: string;
  publish(name: string, version: string, more?: PackageSpec): Promise<void>;
  run(script: Script, heard?: (text: string) => void): Promise<CommandResult>;
  end(): Promise<void>;
}

export async function aptRoot(): Promise<AptRoot> {
  const dir = await mkdtemp(join(tmpdir(), 'nodetide-apt-'));
  const root = join(dir, 'root');
  for (const folder of [
    'var/lib/dpkg/updates',
    'var/lib/dpkg/info',
    'var/lib/apt/lists/partial',
    'var/cache/apt/archives/partial',
    'var/log/apt',
    'usr',
    'run',
    'boot',
    'etc/apt/preferences.d',
    'etc/apt/apt.conf.d',
  ])
    await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, 'var/lib/dpkg/status'), '');
  for (const name of ['main', 'security'] as const) {
    await mkdir(join(dir, name));
    await index(join(dir, name), name);
  }
  const sources = ['main', 'security'].map(name => `deb [trusted=yes] file:${join(dir, name)} ./\n`);
  await writeFile(join(root, 'etc/apt/sources.list'), sources.join(''));
  await writeFile(join(dir, 'apt.conf'), configOf(root));
  await writeFile(
    join(dir, 'dpkg'),
    `#!/bin/sh\nexec /usr/bin/dpkg --root='${root}' --force-not-root --force-script-chrootless "$@"\n`,
    { mode: 0o755 },
  );
  await writeFile(
    join(dir, 'dpkg-query'),
    `#!/bin/sh\nexec /usr/bin/dpkg-query --admindir='${root}/var/lib/dpkg' "$@"\n`,
    { mode: 0o755 },
  );
  const env = {
    ...process.env,
    APT_CONFIG: join(dir, 'apt.conf'),
    NODETIDE_ROOT: root,
    LC_ALL: 'C',
    PATH: `${dir}:/usr/sbin:/usr/bin:/sbin:/bin`,
  };
  return {
    root,
    publish: async (name, version, more = {}) => {
      const { repository = 'main' } = more;
      const repo = join(dir, repository);
      await buildPackage(join(dir, 'build'), join(repo, `${name}_${version}.deb`), name, version, more);
      await index(repo, repository);
    },
    run: (script, heard) => runHeard(script, env, heard),
    end: () => rm(dir, { recursive: true, force: true }),
  };
}

/** Makes what apt reads of a repository: the list of its packages, and who it is. */
async function index(repo: string, name: 'main' | 'security'): Promise<void> {
  const packages = execFileSync('dpkg-scanpackages', ['-m', '.'], {
    cwd: repo,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await writeFile(join(repo, 'Packages'), packages);
  const [suite, label] = name === 'main' ? ['stable', 'Debian'] : ['stable-security', 'Debian-Security'];
  const hash = createHash('sha256').update(packages).digest('hex');
  const head = `Suite: ${suite}\nLabel: ${label}\nDate: ${new Date().toUTCString().replace('GMT', 'UTC')}\n`;
  await writeFile(join(repo, 'Release'), `${head}SHA256:\n ${hash} ${Buffer.byteLength(packages)} Packages\n`);
}

/** Builds one package, for every architecture, in the folder `build`, into `file`. */
export async function buildPackage(
  build: string,
  file: string,
  name: string,
  version: string,
  { postinst, conf, control = [] }: PackageSpec,
): Promise<void> {
  await rm(build, { recursive: true, force: true });
  const files: Record<string, string> = {
    'DEBIAN/control': `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: test <test@example.org>\nDescription: test\n${control.map(line => `${line}\n`).join('')}`,
    [`usr/share/${name}/version`]: `${version}\n`,
  };
  if (conf !== undefined)
    Object.assign(files, { 'DEBIAN/conffiles': `/etc/${name}.conf\n`, [`etc/${name}.conf`]: conf });
  if (postinst !== undefined) files['DEBIAN/postinst'] = `#!/bin/sh\n${postinst}\n`;
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(build, path)), { recursive: true });
    await writeFile(join(build, path), text, { mode: path.endsWith('postinst') ? 0o755 : 0o644 });
  }
  execFileSync('dpkg-deb', ['-Znone', '--root-owner-group', '-b', build, file], { stdio: 'ignore' });
}

function configOf(root: string): string {
  return `
Dir "${root}/";
Dir::State::status "${root}/var/lib/dpkg/status";
Dir::Bin::methods "/usr/lib/apt/methods";
Dir::Bin::dpkg "/usr/bin/dpkg";
Dir::Etc "${root}/etc/apt/";
APT::Sandbox::User "root";
DPkg::options { "--root=${root}"; "--force-not-root"; "--force-script-chrootless"; "--force-unsafe-io"; "--log=${root}/var/log/dpkg.log"; };
`;
}

/** A file below the root. */
export async function readBelow(apt: AptRoot, file: string): Promise<string> {
  return readFile(join(apt.root, file), 'utf8');
}
