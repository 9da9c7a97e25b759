import type { Command, ExecResult, ResolvedCommandContext } from 'just-bash';
import { defineCommand, latin1FromBytes } from 'just-bash';
import { quote } from '../../../../shared/hosts/quote.ts';
import type { SimHost } from '../machine.ts';
import type { HostProcess, ProcessResult } from '../processes.ts';

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

/** Ends a command as a process ended. */
export function resultOf(result: ProcessResult): ExecResult {
  const { stdout, stderr, exitCode } = result;
  return { stdout: stdout.toString('latin1'), stderr: stderr.toString(), exitCode, stdoutKind: 'bytes' };
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
    stdin: stdin ?? latin1FromBytes(context.stdin),
    stdinKind: 'bytes',
    ...(context.exportedEnv ? { env: context.exportedEnv } : {}),
  });
}

/** What a command was given on stdin. */
export function stdinOf(context: ResolvedCommandContext): Buffer {
  return Buffer.from(latin1FromBytes(context.stdin), 'latin1');
}
