import type { FsStat } from 'just-bash';
import { DPKG_LOCK, DPKG_LOCK_INODE } from '../locks.ts';
import { type CommandBody, type CommandPlace, err, out } from './command.ts';
import { formatDate } from './system.ts';

/** The inode of a file, as `ls -i`, `stat` and /proc/locks tell it. */
export function inode(path: string, stat: FsStat): string {
  return String(path === DPKG_LOCK ? DPKG_LOCK_INODE : (stat.ino ?? 2));
}

interface Entry {
  /** As it is printed. */
  readonly name: string;
  readonly path: string;
  readonly stat: FsStat;
}

function permissions({ mode, isDirectory, isSymbolicLink }: FsStat): string {
  const bits = [...Array(9).keys()].map(bit => ((mode >> (8 - bit)) & 1 ? 'rwx'.charAt(bit % 3) : '-'));
  return (isSymbolicLink ? 'l' : isDirectory ? 'd' : '-') + bits.join('');
}

async function longLine({ name, path, stat }: Entry, flags: string, { context }: CommandPlace): Promise<string> {
  const target = stat.isSymbolicLink ? ` -> ${await context.fs.readlink(path)}` : '';
  const when = formatDate('%b %e %H:%M', stat.mtime.getTime());
  const owner = flags.includes('n') ? '0 0' : 'root root';
  return `${permissions(stat)} 1 ${owner} ${String(stat.size).padStart(8)} ${when} ${name}${target}`;
}

async function entriesOf(path: string, flags: string, place: CommandPlace): Promise<Entry[] | null> {
  const { fs, cwd } = place.context;
  const full = fs.resolvePath(cwd, path);
  const stat = await fs.lstat(full).catch(() => null);
  if (stat === null) return null;
  if (flags.includes('d') || !stat.isDirectory) return [{ name: path, path: full, stat }];
  const names = (await fs.readdir(full)).filter(name => /[aA]/.test(flags) || !name.startsWith('.')).sort();
  const entries = await Promise.all(
    names.map(async name => ({ name, path: `${full}/${name}`, stat: await fs.lstat(`${full}/${name}`) })),
  );
  if (flags.includes('t')) entries.sort((a, b) => b.stat.mtime.getTime() - a.stat.mtime.getTime());
  return flags.includes('r') ? entries.reverse() : entries;
}

/** `ls` with `-l` (links with their targets) or `-i`, which the shell's own does not know; all else is the shell's. */
export const ls: CommandBody = async (args, place) => {
  const flags = args.filter(arg => /^-[a-zA-Z0-9]+$/.test(arg)).join('');
  const paths = args.filter(arg => !arg.startsWith('-'));
  if (!/[lin]/.test(flags) || flags.includes('R'))
    return place.context.origCommand ? place.context.origCommand(args) : err('ls: not found', 127);
  const lines: string[] = [];
  const missing: string[] = [];
  for (const path of paths.length > 0 ? paths : ['.']) {
    const entries = await entriesOf(path, flags, place);
    if (entries === null) missing.push(`ls: cannot access '${path}': No such file or directory\n`);
    for (const entry of entries ?? []) {
      const number = flags.includes('i') ? `${inode(entry.path, entry.stat)} ` : '';
      lines.push(`${number}${flags.includes('l') ? await longLine(entry, flags, place) : entry.name}\n`);
    }
  }
  return out(lines.join(''), missing.length > 0 ? 2 : 0, missing.join(''));
};
