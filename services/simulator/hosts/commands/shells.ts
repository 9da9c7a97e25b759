import type { ExecResult } from 'just-bash';
import { quote } from '../../../../shared/hosts/quote.ts';
import { type CommandBody, type CommandPlace, err, resultOf, runHere, stdinOf } from './command.ts';

/** How a shell was called: `sh [-eux] [-c TEXT | -s | FILE] [ARGS]`. */
interface ShellCall {
  readonly flags: string;
  readonly kind: 'text' | 'stdin' | 'file';
  readonly rest: readonly string[];
}

function shellCall(args: readonly string[]): ShellCall {
  let flags = '';
  let kind: ShellCall['kind'] | null = null;
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '--' || arg === '-') {
      at++;
      break;
    }
    if (!/^-[a-z]+$/.test(arg)) break;
    for (const letter of arg.slice(1)) {
      if (letter === 'c') kind = 'text';
      else if (letter === 's') kind = 'stdin';
      else if (letter !== 'l' && letter !== 'i') flags += letter;
    }
  }
  const rest = args.slice(at);
  return { flags, kind: kind ?? (rest.length === 0 ? 'stdin' : 'file'), rest };
}

/** sh as the sandboxed shell has it, and besides `-s` and options before `-c`. */
async function shell(args: string[], place: CommandPlace): Promise<ExecResult> {
  const { context } = place;
  if (!context.origCommand) return err('sh: not found', 127);
  const call = shellCall(args);
  const set = call.flags === '' ? '' : `set -${call.flags}\n`;
  if (call.kind === 'text') {
    const [text = '', ...rest] = call.rest;
    return context.origCommand(['-c', set + text, ...rest]);
  }
  if (call.kind === 'file') return context.origCommand([...call.rest]);
  const text = stdinOf(context).toString();
  return runHere(['sh', '-c', set + text, 'sh', ...call.rest], place, '');
}

/** `sudo [-nEHS] [-u USER] [-v|-l] [--] [VAR=VALUE …] COMMAND …` as asked. */
function sudoCall(args: readonly string[]) {
  const words = [...args];
  let uid = 0;
  let asks = true;
  while (words[0]?.startsWith('-')) {
    const word = words.shift() ?? '';
    if (word === '--') break;
    if (word === '-u') uid = words.shift() === 'root' ? 0 : 1000;
    else if (word === '-v' || word === '-l') words.push('true');
    if (/^-[A-Za-z]*n/.test(word)) asks = false;
  }
  const env: Record<string, string> = { SUDO_USER: 'ops', SUDO_UID: '1000' };
  while (/^\w+=/.test(words[0] ?? '')) {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/s.exec(words.shift() ?? '') ?? [];
    env[name] = value;
  }
  return { uid, asks, env, words };
}

/** Runs a command as another user, in a process of its own. */
const sudo: CommandBody = async (args, { host, process, context }) => {
  const { uid, asks, env, words } = sudoCall(args);
  if (host.faults.sudoAsks && process.uid !== 0) {
    const terminal =
      'sudo: a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper\n';
    return err(`${asks ? terminal : ''}sudo: a password is required`);
  }
  const [name, ...rest] = words;
  if (name === undefined) return err('usage: sudo -h | -K | -k | -V');
  const child = host.processes.spawn({
    uid,
    text: quote(name),
    args: rest,
    stdin: stdinOf(context),
    cwd: context.cwd,
    env,
    command: ['sudo', ...words].join(' '),
  });
  const stop = () => child.kill();
  process.signal.addEventListener('abort', stop, { once: true });
  const result = await child.done;
  process.signal.removeEventListener('abort', stop);
  return resultOf(result);
};

export const SHELLS: Readonly<Record<string, CommandBody>> = {
  sh: shell,
  bash: shell,
  dash: (args, place) => runHere(['sh', ...args], place),
  sudo,
};
