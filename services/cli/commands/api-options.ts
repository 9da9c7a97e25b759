import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { CliError, EXIT } from '../exit.ts';
import { wholeNumber } from '../options.ts';
import type { ApiOptions, Wiring } from '../wiring.ts';

/** What {@link withApi} adds. */
export interface ApiFlags {
  readonly host: string;
  readonly port: number;
  readonly passwordFile?: string;
  readonly tokenFile?: string;
}

/** Adds `--host`, `--port`, `--password-file` and `--token-file`. */
export function withApi(command: Command): Command {
  return command
    .option(
      '--host <address>',
      'address to listen on; one that others can reach needs a password or tokens',
      '127.0.0.1',
    )
    .option('--port <number>', 'port to listen on; 0: any free one', wholeNumber(0, 65535), 7070)
    .option('--password-file <file>', 'file with the password (user name: nodetide); default: NODETIDE_PASSWORD')
    .option('--token-file <file>', 'file with the lines `nodetide token new` makes; default: NODETIDE_TOKEN_FILE');
}

/** The options of the HTTP face, with the password read from its file or the environment. */
export async function apiOptions(flags: ApiFlags, env: Wiring['env']): Promise<ApiOptions> {
  const { host, port, passwordFile } = flags;
  const password = passwordFile === undefined ? env['NODETIDE_PASSWORD'] : await readPassword(passwordFile);
  const tokenFile = flags.tokenFile ?? env['NODETIDE_TOKEN_FILE'];
  return { host, port, ...(password && { password }), ...(tokenFile && { tokenFile }) };
}

async function readPassword(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CliError(EXIT.badInput, `the password file cannot be read: ${String(error)}`, { cause: error });
  });
  const password = text.replace(/\r?\n$/, '');
  if (password === '') throw new CliError(EXIT.badInput, `the password file ${file} is empty`);
  return password;
}
