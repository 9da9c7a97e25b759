import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CommandResult, Script } from '../../shared/ports/host.ts';
import { type DebianTools, debianTools } from './debian-tools.ts';
import { runHeard } from './run-heard.ts';

const exec = promisify(execFile);

/** The real dnf, zypper and rpm; a text says why they are not to be had here. */
export const rpmTools = (): Promise<DebianTools | string> =>
  debianTools('rpm-1', ['dnf', 'createrepo-c', 'rpm', 'zypper']);

/** What a package has besides its name. */
export interface RpmSpec {
  /** Lines of its head, such as `Requires: x`. */
  readonly head?: readonly string[];
  /** Its script after the installation, in lua (no shell is needed on the root). */
  readonly post?: string;
}

/** The real dnf and zypper on a private root with a private repository. */
export interface RpmRoot {
  readonly dir: string;
  readonly root: string;
  /** The folder whose lock files dnf looks at. */
  readonly dnfCache: string;
  publish(name: string, version: string, more?: RpmSpec): Promise<void>;
  /** Says of a package's version that it mends a hole. */
  notice(name: string, version: string): void;
  run(script: Script, heard?: (text: string) => void): Promise<CommandResult>;
  end(): Promise<void>;
}

export async function rpmRoot(tools: DebianTools): Promise<RpmRoot> {
  const dir = await mkdtemp(join(tmpdir(), 'nodetide-rpm-'));
  const [root, repo, bin, home] = ['root', 'repo', 'bin', 'home'].map(name => join(dir, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const folder of [
    'etc/yum.repos.d',
    'etc/zypp/repos.d',
    'etc/dnf',
    'var/log',
    'var/lib',
    'var/cache',
    'run',
    'usr',
    'boot',
  ])
    await mkdir(join(root, folder), { recursive: true });
  for (const folder of [repo, bin, home]) await mkdir(folder);
  // The other plugins want settings of their own.
  const plugins = join(dir, 'plugins');
  const needsRestarting = join(tools.folder, 'usr/lib/python3/dist-packages/dnf-plugins/needs_restarting.py');
  await mkdir(plugins);
  if (existsSync(needsRestarting)) await symlink(needsRestarting, join(plugins, 'needs_restarting.py'));
  const dnfConf = join(root, 'etc/dnf/dnf.conf');
  const base = `[base]\nname=base\nenabled=1\ngpgcheck=0\nautorefresh=0\nmetadata_expire=0\nbaseurl=`;
  await writeFile(join(root, 'etc/yum.repos.d/base.repo'), `${base}file://${repo}\n`);
  await writeFile(join(root, 'etc/zypp/repos.d/base.repo'), `${base}dir:${repo}\n`);
  await writeFile(dnfConf, `[main]\ngpgcheck=0\nreposdir=${root}/etc/yum.repos.d\npluginpath=${plugins}\n`);
  await writeFile(join(home, '.rpmmacros'), '%_dbpath %{_var}/lib/rpm\n');
  const path = tools.env['PATH'] ?? '';
  const wrap = (name: string, words: string) =>
    writeFile(join(bin, name), `#!/bin/sh\nPATH='${path}' exec ${name} ${words} "$@"\n`, { mode: 0o755 });
  await wrap('dnf', `-c '${dnfConf}' --installroot='${root}' --releasever=9`);
  await wrap('zypper', `--root '${root}'`);
  await wrap('rpm', `--root '${root}'`);
  const env = { ...tools.env, HOME: home, NODETIDE_ROOT: root, LC_ALL: 'C', PATH: `${bin}:${path}` };
  let notice = '';
  let stale = true;
  const index = async () => {
    if (!stale) return;
    stale = false;
    await exec('createrepo_c', ['-q', repo], { env: { ...env, PATH: path } });
    if (notice === '') return;
    await writeFile(join(dir, 'updateinfo.xml'), notice);
    await exec('modifyrepo_c', [join(dir, 'updateinfo.xml'), join(repo, 'repodata')], { env: { ...env, PATH: path } });
  };
  return {
    dir,
    root,
    dnfCache: join(root, 'var/cache/dnf'),
    publish: async (name, version, more = {}) => {
      await buildRpm(join(dir, 'build'), repo, specOf(name, version, more), { ...env, PATH: path });
      stale = true;
    },
    notice: (name, version) => {
      notice = noticeOf(name, version);
      stale = true;
    },
    run: async (script, heard) => {
      await index();
      return runHeard(script, env, heard);
    },
    end: () => rm(dir, { recursive: true, force: true }),
  };
}

function specOf(name: string, version: string, { head = [], post }: RpmSpec): string {
  const lines = [
    `Name: ${name}`,
    `Version: ${version}`,
    'Release: 1',
    'Summary: test',
    'License: test',
    'BuildArch: noarch',
  ];
  const script = post === undefined ? [] : ['%post -p <lua>', post];
  return [...lines, ...head, '%description', 'test', ...script, '%files', ''].join('\n');
}

async function buildRpm(build: string, repo: string, spec: string, env: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(build, { recursive: true });
  const file = join(build, 'package.spec');
  await writeFile(file, spec);
  const defines = [
    `_topdir ${build}`,
    `_rpmdir ${repo}`,
    '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm',
    `_dbpath ${join(build, 'db')}`,
  ];
  await exec('rpmbuild', ['-bb', '--quiet', ...defines.flatMap(each => ['--define', each]), file], { env });
}

function noticeOf(name: string, version: string): string {
  const file = `${name}-${version}-1.noarch.rpm`;
  return `<?xml version="1.0"?><updates><update from="test" status="stable" type="security" version="1"><id>TEST-1</id>
<title>hole</title><severity>Important</severity><issued date="2026-01-01 00:00:00"/><description>hole</description>
<pkglist><collection><name>base</name><package name="${name}" version="${version}" release="1" epoch="0" arch="noarch">
<filename>${file}</filename></package></collection></pkglist></update></updates>\n`;
}
