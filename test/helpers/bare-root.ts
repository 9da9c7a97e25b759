import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CommandResult, Script } from '../../shared/ports/host.ts';
import { runHeard } from './run-heard.ts';

/** The small tools that scripts may use on any host. */
const COMMON =
  'awk basename cat date dirname find grep head ls od printf readlink sed sh sleep sort strings tail tr uname wc xargs';

/** What is on a root: files (path → text), links (path → target) and programs (name → POSIX sh text). */
export interface BareRoot {
  readonly files?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly programs?: Readonly<Record<string, string>>;
}

/** A folder as a host's root, with no programs but the common ones and those given. */
export async function bareRoot({ files = {}, links = {}, programs = {} }: BareRoot) {
  const dir = await mkdtemp(join(tmpdir(), 'nodetide-root-'));
  const bin = join(dir, 'own-programs');
  await mkdir(bin);
  for (const name of COMMON.split(' ').filter(each => programs[each] === undefined)) {
    const at = [`/usr/bin/${name}`, `/bin/${name}`].find(path => existsSync(path));
    if (at) await symlink(at, join(bin, name));
  }
  for (const [name, text] of Object.entries(programs))
    await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const place = async (path: string) => {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    return join(dir, path);
  };
  for (const [path, text] of Object.entries(files)) await writeFile(await place(path), text);
  for (const [path, target] of Object.entries(links)) await symlink(target, await place(path));
  const env = { PATH: bin, NODETIDE_ROOT: dir };
  return {
    dir,
    run: (script: Script): Promise<CommandResult> => runHeard(script, env),
    end: () => rm(dir, { recursive: true, force: true }),
  };
}

/** Runs one script on such a root. */
export async function runOnRoot(root: BareRoot, script: Script): Promise<CommandResult> {
  const made = await bareRoot(root);
  try {
    return await made.run(script);
  } finally {
    await made.end();
  }
}
