import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Script } from '../../shared/ports/host.ts';

/** Whether this machine has what a private apt needs. */
export const HAS_APT = existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/dpkg-scanpackages');

export interface Said {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The machine's own apt and dpkg on a private root with a private repository. */
export interface AptRoot {
  readonly root: string;
  /** Puts a package into the repository; `postinst`: its script; `conf`: text of its configuration file. */
  publish(name: string, version: string, more?: { postinst?: string; conf?: string }): Promise<void>;
  run(script: Script): Promise<Said>;
  end(): Promise<void>;
}

export async function aptRoot(): Promise<AptRoot> {
  const dir = await mkdtemp(join(tmpdir(), 'nodetide-apt-'));
  const [root, repo] = [join(dir, 'root'), join(dir, 'repo')];
  for (const folder of [
    'var/lib/dpkg/updates',
    'var/lib/dpkg/info',
    'var/lib/apt/lists/partial',
    'var/cache/apt/archives/partial',
    'var/log/apt',
    'etc/apt/preferences.d',
    'etc/apt/apt.conf.d',
  ])
    await mkdir(join(root, folder), { recursive: true });
  await mkdir(repo);
  await writeFile(join(root, 'var/lib/dpkg/status'), '');
  await writeFile(join(root, 'etc/apt/sources.list'), `deb [trusted=yes] file:${repo} ./\n`);
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
      await buildPackage(join(dir, 'build'), join(repo, `${name}_${version}.deb`), name, version, more);
      const packages = execFileSync('dpkg-scanpackages', ['-m', '.'], {
        cwd: repo,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      await writeFile(join(repo, 'Packages'), packages);
    },
    run: script =>
      new Promise(resolve => {
        execFile(
          '/bin/sh',
          ['-c', script.text, 'sh', ...script.args],
          { env, encoding: 'utf8' },
          (error, stdout, stderr) => {
            resolve({ exitCode: error ? Number(error.code) : 0, stdout, stderr });
          },
        );
      }),
    end: () => rm(dir, { recursive: true, force: true }),
  };
}

async function buildPackage(
  build: string,
  file: string,
  name: string,
  version: string,
  { postinst, conf }: { postinst?: string; conf?: string },
): Promise<void> {
  await rm(build, { recursive: true, force: true });
  const files: Record<string, string> = {
    'DEBIAN/control': `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: test <test@example.org>\nDescription: test\n`,
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
