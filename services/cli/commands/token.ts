import { appendFile, readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { ROLES, type Role } from '../../../shared/domain/access/role.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Wiring } from '../wiring.ts';

/** `nodetide token new NAME` */
export function register(program: Command, { terminal }: Wiring): void {
  program
    .command('token')
    .description('tokens for the HTTP API')
    .command('new')
    .description('make a token: it is printed once and kept nowhere; its hash goes into the file of token hashes')
    .argument('<name>', 'who will use it; the journal shows this name')
    .option('--token-hashes-file <file>', 'add the line to this file, made if missing; default: print it to stderr')
    .addOption(
      new Option('--role <role>', 'what it may do: look; act on rollouts too; everything')
        .choices(ROLES)
        .default('viewer'),
    )
    .action(async (name: string, { tokenHashesFile, role }: { tokenHashesFile?: string; role: Role }) => {
      const { newToken, TOKEN_NAME } = await import('../../api/main.ts');
      if (!TOKEN_NAME.test(name)) {
        throw new CliError(EXIT.badInput, 'a name is at most 64 letters, digits, ".", "_", "@" and "-"');
      }
      const { token, line } = newToken(name, role);
      if (tokenHashesFile !== undefined) await add(tokenHashesFile, line);
      else terminal.err(`the line for the file of token hashes:\n${line}`);
      terminal.out(token);
    });
}

async function add(file: string, line: string): Promise<void> {
  const before = await readFile(file, 'utf8').catch(() => '');
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  await appendFile(file, `${gap}${line}\n`, { mode: 0o600 }).catch((error: unknown) => {
    throw new CliError(EXIT.badInput, `the file of token hashes cannot be written: ${String(error)}`, { cause: error });
  });
}
