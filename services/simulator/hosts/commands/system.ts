import type { SimHost } from '../machine.ts';
import { type CommandBody, out, runHere } from './command.ts';

function uname(host: SimHost, letter: string): string {
  if (letter === 'r') return host.kernel;
  if (letter === 'n') return host.spec.name;
  if (letter === 'm' || letter === 'p' || letter === 'i') return 'x86_64';
  if (letter === 'o') return 'GNU/Linux';
  if (letter === 'v') return '#1 SMP PREEMPT_DYNAMIC Debian';
  return 'Linux';
}

const unameCommand: CommandBody = (args, { host }) => {
  const letters = args.join('').replaceAll('-', '');
  const wanted = letters === 'a' ? 'snrvmo' : letters === '' ? 's' : letters;
  return out(
    `${['s', 'n', 'r', 'v', 'm', 'p', 'i', 'o']
      .filter(letter => wanted.includes(letter))
      .map(letter => uname(host, letter))
      .join(' ')}\n`,
  );
};

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `date +FORMAT` in UTC, for the conversions scripts use. */
export function formatDate(format: string, ms: number): string {
  const date = new Date(ms);
  const iso = date.toISOString();
  const nanos = String(date.getUTCMilliseconds()).padStart(3, '0').padEnd(9, '0');
  const parts: Record<string, string> = {
    s: String(Math.floor(ms / 1000)),
    N: nanos,
    Y: iso.slice(0, 4),
    m: iso.slice(5, 7),
    d: iso.slice(8, 10),
    H: iso.slice(11, 13),
    M: iso.slice(14, 16),
    S: iso.slice(17, 19),
    F: iso.slice(0, 10),
    T: iso.slice(11, 19),
    Z: 'UTC',
    z: '+0000',
    a: DAYS[date.getUTCDay()] ?? '',
    b: MONTHS[date.getUTCMonth()] ?? '',
    e: String(date.getUTCDate()).padStart(2, ' '),
    '%': '%',
    n: '\n',
  };
  return format.replace(/%(\d*)([a-zA-Z%])/g, (whole, digits: string, letter: string) => {
    const value = parts[letter];
    return value === undefined ? whole : digits === '' ? value : value.slice(0, Number(digits));
  });
}

const date: CommandBody = (args, { host, context }) => {
  if (args.some(arg => /^(-d|--date|-s|-r)/.test(arg)) && context.origCommand) return context.origCommand(args);
  const format = args.find(arg => arg.startsWith('+'))?.slice(1);
  if (format !== undefined) return out(`${formatDate(format, host.nowMs())}\n`);
  if (args.some(arg => /^(-I|--iso-8601)/.test(arg)))
    return out(`${formatDate('%Y-%m-%dT%H:%M:%S+00:00', host.nowMs())}\n`);
  return out(`${formatDate('%a %b %e %H:%M:%S UTC %Y', host.nowMs())}\n`);
};

const id: CommandBody = (args, { process }) => {
  const user = process.uid === 0 ? 'root' : 'ops';
  const number = args.some(arg => /^-[a-z]*[ugG]/.test(arg));
  const name = args.some(arg => /^-[a-z]*n/.test(arg));
  if (number) return out(`${name ? user : process.uid}\n`);
  return out(`uid=${process.uid}(${user}) gid=${process.uid}(${user}) groups=${process.uid}(${user})\n`);
};

const uptime: CommandBody = (args, { host }) => {
  const since = formatDate('%Y-%m-%d %H:%M:%S', host.bootedAtMs + host.spec.clockSkewMs);
  return out(args.includes('-s') ? `${since}\n` : ` up since ${since},  1 user,  load average: 0.08, 0.03, 0.01\n`);
};

const nothing: CommandBody = () => out('');

export const SYSTEM: Readonly<Record<string, CommandBody>> = {
  uname: unameCommand,
  date,
  id,
  uptime,
  whoami: (_args, { process }) => out(`${process.uid === 0 ? 'root' : 'ops'}\n`),
  hostname: (_args, { host }) => out(`${host.spec.name}\n`),
  nproc: () => out('2\n'),
  arch: () => out('x86_64\n'),
  getconf: () => out('4096\n'),
  umask: args => out(args.length === 0 ? '0022\n' : ''),
  trap: nothing,
  sync: nothing,
  logger: nothing,
  chown: nothing,
  renice: nothing,
  ionice: (args, place) => runRest(args, place),
  nice: (args, place) => runRest(args, place),
  stdbuf: (args, place) => runRest(args, place),
};

function runRest(args: string[], place: Parameters<CommandBody>[1]): ReturnType<CommandBody> {
  let at = 0;
  while (args[at]?.startsWith('-')) at += /^-[nc]$/.test(args[at] ?? '') ? 2 : 1;
  return runHere(args.slice(at), place);
}
