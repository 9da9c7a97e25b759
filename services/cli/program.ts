import { Command, CommanderError } from 'commander';
import { StepError } from '../../shared/domain/failure.ts';
import { VERSION } from '../../shared/domain/version.ts';
import { CliError, EXIT } from './exit.ts';
import type { Wiring } from './wiring.ts';

/** A command of the program: adds itself, and reaches everything outside through the wiring. */
export type Register = (program: Command, wiring: Wiring) => void;

/** Runs the program on `args` (without node and script); returns its exit code. Never throws. */
export async function runProgram(
  commands: readonly Register[],
  wiring: Wiring,
  args: readonly string[],
): Promise<number> {
  const { terminal } = wiring;
  const program = new Command('nodetide')
    .description('Rolling operating-system upgrades of Kubernetes nodes: ordered, gated, proven, resumable.')
    .version(VERSION)
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride()
    .configureOutput({
      writeOut: text => terminal.write(text),
      writeErr: text => terminal.err(text.trimEnd()),
      getOutHelpWidth: () => terminal.size().columns,
      getErrHelpWidth: () => terminal.size().columns,
    });
  for (const register of commands) register(program, wiring);
  try {
    refuseServer(program, args);
    await program.parseAsync([...args], { from: 'user' });
    return EXIT.done;
  } catch (error) {
    return codeOf(error, wiring);
  }
}

/** CliError for a command that cannot be done over HTTP, but is asked to. */
function refuseServer(program: Command, args: readonly string[]): void {
  if (!args.some(word => word === '--server' || word.startsWith('--server='))) return;
  let command: Command | undefined = program;
  for (const word of args) {
    const next: Command | undefined = command.commands.find(
      each => each.name() === word || each.aliases().includes(word),
    );
    if (!next) break;
    command = next;
  }
  if (command === program || command.commands.length > 0) return;
  if (command.options.some(({ long }) => long === '--server')) return;
  const name = command.parent === program ? command.name() : `${command.parent?.name()} ${command.name()}`;
  throw new CliError(EXIT.usage, `${name} is done where the engine runs: it knows no --server`);
}

/** Codes of failures to reach something. */
const CONNECTION = /^(cluster|host|redis)-/;

function codeOf(error: unknown, wiring: Wiring): number {
  const { terminal, env } = wiring;
  // Commander has already said what is wrong; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof CliError) {
    if (error.message !== '') terminal.err(`nodetide: ${error.message}`);
    return error.exitCode;
  }
  if (error instanceof StepError) {
    const { message, seen, todo } = error.failure;
    terminal.err([`nodetide: ${message}`, seen, todo].filter(Boolean).join('\n  '));
    return CONNECTION.test(error.failure.code) ? EXIT.cannotConnect : EXIT.failed;
  }
  terminal.err(`nodetide: ${error instanceof Error ? error.message : String(error)}`);
  if (env['NODETIDE_DEBUG'] && error instanceof Error) terminal.err(String(error.stack));
  return EXIT.failed;
}
