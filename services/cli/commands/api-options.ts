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
  readonly tokenHashesFile?: string;
  readonly proxyFrom?: readonly string[];
  readonly proxyUserHeader?: string;
  readonly proxyGroupsHeader?: string;
  readonly proxyRoles?: string;
  readonly sessionHours?: number;
}

/** Adds what says where to listen, and who may ask. */
export function withApi(command: Command): Command {
  return command
    .option(
      '--host <address>',
      'address to listen on; one that others can reach needs a password or tokens',
      '127.0.0.1',
    )
    .option('--port <number>', 'port to listen on; 0: any free one', wholeNumber(0, 65535), 7070)
    .option(
      '--password-file <file>',
      'file with the password (user name: nodetide); default: NODETIDE_PASSWORD_FILE, NODETIDE_PASSWORD',
    )
    .option(
      '--token-hashes-file <file>',
      'file with the lines `nodetide token new` makes; default: NODETIDE_TOKEN_HASHES_FILE',
    )
    .option(
      '--proxy-from <addresses>',
      'addresses and networks, separated by commas, of a proxy whose headers are believed',
      (text: string) => text.split(','),
    )
    .option('--proxy-roles <list>', 'that proxy tells who asks: roles of their groups, such as admin=ops,viewer=*')
    .option('--proxy-user-header <name>', 'header with who asks; default: X-Forwarded-User')
    .option('--proxy-groups-header <name>', 'header with their groups; default: X-Forwarded-Groups')
    .option(
      '--session-hours <count>',
      'a log-in ends after so long without a request; default: 12',
      wholeNumber(1, 8760),
    );
}

/** The options of the HTTP face, with the password read from its file or the environment. */
export async function apiOptions(flags: ApiFlags, env: Wiring['env']): Promise<ApiOptions> {
  const { host, port, passwordFile, sessionHours } = flags;
  const file = passwordFile ?? env['NODETIDE_PASSWORD_FILE'];
  const password = file ? await readPassword(file) : env['NODETIDE_PASSWORD'];
  const tokenHashesFile = flags.tokenHashesFile ?? env['NODETIDE_TOKEN_HASHES_FILE'];
  const proxy = proxyOf(flags);
  return {
    host,
    port,
    ...(password && { password }),
    ...(tokenHashesFile && { tokenHashesFile }),
    ...(proxy && { proxy }),
    ...(sessionHours && { sessionLifeMs: sessionHours * 3_600_000 }),
  };
}

function proxyOf({ proxyFrom, proxyRoles, proxyUserHeader, proxyGroupsHeader }: ApiFlags): ApiOptions['proxy'] | null {
  if (proxyFrom !== undefined) {
    return {
      from: proxyFrom,
      ...(proxyRoles !== undefined && { roles: proxyRoles }),
      ...(proxyUserHeader && { userHeader: proxyUserHeader }),
      ...(proxyGroupsHeader && { groupsHeader: proxyGroupsHeader }),
    };
  }
  if (proxyRoles ?? proxyUserHeader ?? proxyGroupsHeader) {
    throw new CliError(EXIT.badInput, 'whose headers are believed? say the addresses of the proxy: --proxy-from');
  }
  return null;
}

async function readPassword(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CliError(EXIT.badInput, `the password file cannot be read: ${String(error)}`, { cause: error });
  });
  const password = text.replace(/\r?\n$/, '');
  if (password === '') throw new CliError(EXIT.badInput, `the password file ${file} is empty`);
  return password;
}
