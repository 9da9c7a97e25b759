import { quote } from '../../../../shared/hosts/quote.ts';
import { DPKG_LOCK } from '../locks.ts';
import { programOf } from '../processes.ts';
import { type CommandBody, err, out, runHere } from './command.ts';

/** `pgrep [-x|-f] PATTERN`: pids, 1 when there is none. */
const pgrep: CommandBody = (args, { host, process }) => {
  const full = args.some(arg => /^-\w*f/.test(arg));
  const exact = args.some(arg => /^-\w*x/.test(arg));
  const list = args.some(arg => /^-\w*[al]/.test(arg));
  const pattern = new RegExp(exact ? `^(${args.at(-1)})$` : (args.at(-1) ?? ''));
  const found = host.processes
    .list()
    .filter(one => one.pid !== process.pid && pattern.test(full ? one.command : programOf(one.command)));
  return out(found.map(one => `${one.pid}${list ? ` ${one.command}` : ''}\n`).join(''), found.length > 0 ? 0 : 1);
};

/** `ps`: enough for looking; `-p PID -o FIELD=` for scripts. */
const ps: CommandBody = (args, { host }) => {
  const at = args.findIndex(arg => arg === '-p' || arg === '--pid');
  const wanted = at >= 0 ? new Set((args[at + 1] ?? '').split(',').map(Number)) : null;
  const fields = args.find((_arg, index) => args[index - 1] === '-o')?.split(',');
  const chosen = host.processes.list().filter(one => wanted === null || wanted.has(one.pid));
  const lines = chosen.map(one => {
    if (fields === undefined) return `${one.pid} ${one.uid} ${one.command}`;
    const value = (field: string) =>
      ({ pid: String(one.pid), uid: String(one.uid), comm: programOf(one.command), ppid: '1' })[
        field.replace('=', '')
      ] ?? one.command;
    return fields.map(value).join(' ');
  });
  const head = fields === undefined ? ['PID UID CMD'] : [];
  return out([...head, ...lines].map(line => `${line}\n`).join(''), chosen.length === 0 && wanted !== null ? 1 : 0);
};

const kill: CommandBody = (args, { host }) => {
  const probe = args[0] === '-0' || (args[0] === '-s' && args[1] === '0');
  const pids = args.filter(arg => /^\d+$/.test(arg) && Number(arg) > 0).map(Number);
  for (const pid of pids) {
    const found = host.processes.get(pid);
    if (found === undefined) return err(`kill: (${pid}) - No such process`);
    if (!probe) found.kill();
  }
  return out('');
};

/** `fuser FILE`: the pids go to stdout, as fuser does; 1 when nobody uses it. */
const fuser: CommandBody = (args, { host }) => {
  const holders = args
    .filter(arg => !arg.startsWith('-'))
    .map(path => [path, host.locks.holder(path.startsWith('/var/lib/dpkg/lock') ? DPKG_LOCK : path)] as const)
    .filter(([, holder]) => holder !== null);
  const names = holders.map(([path]) => `${path}:`).join(' ');
  const pids = holders.map(([, holder]) => ` ${holder?.pid}`).join('');
  return { stdout: pids, stderr: names === '' ? '' : `${names}\n`, exitCode: holders.length > 0 ? 0 : 1 };
};

/** `lslocks [-n] [-o …]`: command, pid and path of every lock. */
const lslocks: CommandBody = (args, { host }) => {
  const head = args.some(arg => /^-\w*n|--noheadings/.test(arg)) ? '' : 'COMMAND PID TYPE PATH\n';
  const program = (text: string) => text.split(/\s+/)[0]?.replace(/^.*\//, '') ?? '?';
  const lines = host.locks
    .entries()
    .map(([path, holder]) => `${program(holder.command)} ${holder.pid} POSIX ${path}\n`);
  return out(head + lines.join(''));
};

/** `flock [-n] [-w S] [-x|-s|-u] FD` and `flock … FILE COMMAND …` (also with `-c TEXT`). */
const flock: CommandBody = async (args, place) => {
  const { host, process, context } = place;
  const rest = [...args];
  let waitMs = Number.POSITIVE_INFINITY;
  let unlock = false;
  let busy = 1;
  while (rest[0]?.startsWith('-')) {
    const option = rest.shift() ?? '';
    if (option === '-n' || option === '--nonblock' || option === '--nb') waitMs = 0;
    else if (option === '-w' || option === '--timeout') waitMs = Number(rest.shift()) * 1000;
    else if (option === '-E') busy = Number(rest.shift());
    else if (option === '-u') unlock = true;
  }
  const [target = '', ...command] = rest;
  const byNumber = /^\d+$/.test(target) && command.length === 0;
  const opened = context.fileDescriptors?.get(Number(target));
  if (byNumber && opened === undefined) return err(`flock: ${target}: Bad file descriptor`, 65);
  const path = byNumber ? (opened ?? '').replace(/^__[a-z_]+__:/, '') : context.fs.resolvePath(context.cwd, target);
  if (unlock) {
    host.locks.release(path, process.pid);
    return out('');
  }
  const until = Date.now() + waitMs;
  while (host.locks.take(path, process) !== null) {
    const left = until - Date.now();
    if (left <= 0 || process.signal.aborted) return out('', busy);
    const limit = new AbortController();
    if (Number.isFinite(left)) void host.timers.waitReal(left, limit.signal).then(() => limit.abort());
    await host.locks.change(AbortSignal.any([process.signal, limit.signal]));
    limit.abort();
  }
  if (byNumber) return out('');
  const result = await runHere(command[0] === '-c' ? ['sh', ...command] : command, place);
  host.locks.release(path, process.pid);
  return result;
};

/** Starts `argv` as a process of its own that outlives this shell, with nobody listening to it. */
const detach: CommandBody = (args, { host, process, context }) => {
  const [name, ...rest] = args.filter((arg, index) => index > 0 || !arg.startsWith('-'));
  if (name === undefined) return err('setsid: no command specified');
  host.processes.spawn({
    uid: process.uid,
    text: quote(name),
    args: rest,
    cwd: context.cwd,
    env: context.exportedEnv ?? {},
    command: [name, ...rest].join(' '),
  });
  return out('');
};

export const PROCESSES: Readonly<Record<string, CommandBody>> = {
  pgrep,
  ps,
  kill,
  fuser,
  lslocks,
  flock,
  setsid: detach,
  // The shell of these hosts waits for `&`: whatever is nohup-ed is meant to stay behind.
  nohup: detach,
};
