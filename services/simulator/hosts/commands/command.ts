import type { Command, ExecResult, ResolvedCommandContext } from 'just-bash';
import { defineCommand } from 'just-bash';
import type { SimHost } from '../machine.ts';
import type { HostProcess } from '../processes.ts';

/** Where a command runs. */
export interface CommandPlace {
  readonly host: SimHost;
  readonly process: HostProcess;
  readonly context: ResolvedCommandContext;
}

/** One command of a host. */
export type CommandBody = (args: string[], place: CommandPlace) => Promise<ExecResult> | ExecResult;

/** Ends a command with this output. */
export function out(stdout: string, exitCode = 0, stderr = ''): ExecResult {
  return { stdout, stderr, exitCode };
}

/** Ends a command with a message on stderr. */
export function err(stderr: string, exitCode = 1): ExecResult {
  return { stdout: '', stderr: stderr.endsWith('\n') ? stderr : `${stderr}\n`, exitCode };
}

/** The commands of a process, made from their bodies. */
export function bindCommands(
  bodies: Readonly<Record<string, CommandBody>>,
  host: SimHost,
  process: HostProcess,
): Command[] {
  return Object.entries(bodies).map(([name, body]) =>
    defineCommand(name, async (args, context) => body(args, { host, process, context })),
  );
}

/** Runs `argv` as a command of the same shell. */
export function runHere(
  argv: readonly string[],
  { context, process }: CommandPlace,
  stdin?: string,
): Promise<ExecResult> {
  const [name = 'true', ...args] = argv;
  if (!context.exec) return Promise.resolve(err('no shell'));
  return context.exec(quote(name), {
    cwd: context.cwd,
    args,
    signal: process.signal,
    stdin: stdin ?? String(context.stdin),
    stdinKind: 'bytes',
    ...(context.exportedEnv ? { env: context.exportedEnv } : {}),
  });
}

/** One shell word. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
