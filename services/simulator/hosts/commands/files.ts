import { randomBytes } from 'node:crypto';
import type { FsStat } from 'just-bash';
import type { SimHost } from '../machine.ts';
import { type CommandBody, err, out, runHere } from './command.ts';
import { inode, ls } from './ls.ts';

/** Blocks of 1 KiB of the root disk. */
const BLOCKS = 20_000_000;

function used(host: SimHost): number {
  return host.disk.full ? BLOCKS : BLOCKS / 4;
}

const MEMORY = /^\/(run|dev)(\/|$)/;

const df: CommandBody = (args, { host }) => {
  const path = args.find(arg => !arg.startsWith('-')) ?? '/';
  const [device, mount, taken] = MEMORY.test(path) ? ['tmpfs', '/run', 1000] : ['/dev/vda1', '/', used(host)];
  const free = BLOCKS - Number(taken);
  const percent = `${Math.round((Number(taken) / BLOCKS) * 100)}%`;
  const output = args.find(arg => arg.startsWith('--output='))?.slice(9);
  const column: Record<string, [string, string | number]> = {
    source: ['Filesystem', String(device)],
    size: ['1K-blocks', BLOCKS],
    used: ['Used', Number(taken)],
    avail: ['Avail', free],
    pcent: ['Use%', percent],
    target: ['Mounted on', String(mount)],
  };
  if (output !== undefined) {
    const columns = output.split(',').map(name => column[name] ?? ['?', '?']);
    return out(`${columns.map(([head]) => head).join(' ')}\n${columns.map(([, value]) => value).join(' ')}\n`);
  }
  return out(
    `Filesystem     1024-blocks     Used Available Capacity Mounted on\n${device} ${BLOCKS} ${taken} ${free} ${percent} ${mount}\n`,
  );
};

function statField(letter: string, path: string, stat: FsStat): string {
  if (letter === 'n') return path;
  if (letter === 's') return String(stat.size);
  if (letter === 'a') return stat.mode.toString(8).slice(-3);
  if (letter === 'Y') return String(Math.floor(stat.mtime.getTime() / 1000));
  if (letter === 'y') return stat.mtime.toISOString();
  if (letter === 'U' || letter === 'G') return 'root';
  if (letter === 'u' || letter === 'g') return '0';
  if (letter === 'i') return String(inode(path, stat));
  if (letter === 'd') return '2049';
  if (letter === 'F') return stat.isDirectory ? 'directory' : stat.isSymbolicLink ? 'symbolic link' : 'regular file';
  return '?';
}

/** `stat [-L] -c FORMAT FILE …` and `stat -f -c FORMAT PATH`; other forms are the shell's own. */
const stat: CommandBody = async (args, { host, context }) => {
  const at = args.findIndex(arg => arg === '-c' || arg === '--format');
  const format = at >= 0 ? args[at + 1] : args.find(arg => arg.startsWith('--format='))?.slice(9);
  if (format === undefined) return context.origCommand ? context.origCommand(args) : err('stat: not found', 127);
  const paths = args.filter((arg, index) => !arg.startsWith('-') && (at < 0 || index !== at + 1));
  const free = BLOCKS - used(host);
  const blocks: Record<string, number> = { a: free, f: free, b: BLOCKS, S: 1024, s: 1024 };
  let text = '';
  for (const path of paths) {
    const full = context.fs.resolvePath(context.cwd, path);
    if (!(await context.fs.exists(full))) return err(`stat: cannot statx '${path}': No such file or directory`);
    const seen = await context.fs.stat(full);
    const value = (letter: string) =>
      args.includes('-f') ? String(blocks[letter] ?? '?') : statField(letter, path, seen);
    text += `${format.replace(/%([a-zA-Z])/g, (_whole, letter: string) => value(letter))}\n`;
  }
  return out(text);
};

const mktemp: CommandBody = async (args, { context }) => {
  const folder = args.some(arg => /^-\w*d/.test(arg));
  const parent = args.find((_arg, index) => args[index - 1] === '-p') ?? '/tmp';
  const given = args.find((arg, index) => !arg.startsWith('-') && args[index - 1] !== '-p');
  const template = given ?? `${parent}/tmp.XXXXXXXXXX`;
  const path = context.fs.resolvePath(
    context.cwd,
    template.replace(/X{3,}/, xs => randomBytes(xs.length).toString('hex').slice(0, xs.length)),
  );
  try {
    if (folder) await context.fs.mkdir(path);
    else await context.fs.writeFile(path, '');
  } catch (error) {
    const text = String(error).includes('No space') ? 'No space left on device' : 'No such file or directory';
    return err(`mktemp: failed to create file via template '${template}': ${text}`);
  }
  return out(`${path}\n`);
};

/** `install -d [-m MODE] DIR …` and `install [-m MODE] FILE TO`. */
const install: CommandBody = async (args, place) => {
  const mode = args.find((_arg, index) => args[index - 1] === '-m');
  const rest = args.filter((arg, index) => !arg.startsWith('-') && !/^-[mog]$/.test(args[index - 1] ?? ''));
  const made = args.includes('-d')
    ? await runHere(['mkdir', '-p', ...rest], place)
    : await runHere(['cp', ...rest], place);
  if (made.exitCode !== 0 || mode === undefined) return made;
  return runHere(['chmod', mode, ...(args.includes('-d') ? rest : rest.slice(-1))], place);
};

/** `tail -c +OFFSET FILE`, which the shell's own takes for the last so many; all else is the shell's. */
const tail: CommandBody = async (args, { context }) => {
  const [option, from = '', path] = args;
  if (option !== '-c' || !from.startsWith('+') || path === undefined)
    return context.origCommand ? context.origCommand(args) : err('tail: not found', 127);
  const content = await context.fs.readFileBuffer(context.fs.resolvePath(context.cwd, path)).catch(() => null);
  if (content === null) return err(`tail: cannot open '${path}' for reading: No such file or directory`);
  const rest = Buffer.from(content.subarray(Math.max(0, Number(from.slice(1)) - 1)));
  return { stdout: rest.toString('latin1'), stderr: '', exitCode: 0, stdoutKind: 'bytes' };
};

export const FILES: Readonly<Record<string, CommandBody>> = {
  tail,
  df,
  ls,
  stat,
  mktemp,
  install,
};
