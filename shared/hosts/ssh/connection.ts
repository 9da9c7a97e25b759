import { type Config, NodeSSH } from 'node-ssh';
import type { Channel } from 'ssh2';
import { fail } from '../../domain/failures/catalogue.ts';
import type { SshProfile } from '../../domain/plan.ts';
import { loginOf } from './credentials.ts';
import { hostKeyCheck } from './host-keys.ts';
import { sshTrouble } from './trouble.ts';

/** A server to log in to, directly or through the ones before it. */
export interface Server {
  readonly address: string;
  readonly port: number;
  readonly profile: SshProfile;
}

/** An open connection, with those of the jump hosts under it. */
export interface Connection {
  readonly ssh: NodeSSH;
  /** Resolves when it is gone, by whomever; with the error, if there was one. */
  readonly closed: Promise<Error | null>;
  close(): void;
}

/** The servers from the first jump host to the host itself. Throws StepError `ssh-settings` for an unknown profile. */
export function routeOf(
  host: { readonly address: string; readonly port: number; readonly profile: string },
  profiles: Readonly<Record<string, SshProfile>>,
): Server[] {
  const profileOf = (name: string): SshProfile => {
    const profile = profiles[name];
    if (!profile) throw fail('ssh-settings', { message: `there are no SSH settings named ${name}` });
    return profile;
  };
  const profile = profileOf(host.profile);
  const hops = profile.jump.map(hop => ({ address: hop.address, port: hop.port, profile: profileOf(hop.profile) }));
  return [...hops, { address: host.address, port: host.port, profile }];
}

/** Logs in to the last server of `route`. Throws StepError with the codes of the Host port. */
export async function openConnection(route: readonly Server[]): Promise<Connection> {
  const open: Connection[] = [];
  try {
    for (const server of route) open.push(await openOne(server, open.at(-1)));
  } catch (error) {
    for (const connection of open.reverse()) connection.close();
    throw error;
  }
  const last = open.at(-1);
  if (!last) throw new RangeError('a route needs a server');
  void last.closed.then(() => {
    for (const connection of open) connection.close();
  });
  return last;
}

async function openOne(server: Server, under: Connection | undefined): Promise<Connection> {
  const { address, port, profile } = server;
  const where = `${address}:${port}`;
  const [login, check] = await Promise.all([loginOf(profile), hostKeyCheck(profile, address, port)]);
  const ssh = new NodeSSH();
  try {
    const sock = under ? await forward(under, server) : undefined;
    const connecting = ssh.connect({ ...settingsOf(server), ...login, ...check.config, ...(sock ? { sock } : {}) });
    const closed = watchEnd(ssh);
    await connecting;
    ssh.connection?.setNoDelay(true);
    await check.keep();
    return { ssh, closed, close: () => closeOne(ssh) };
  } catch (error) {
    // Not a polite end: a server that does not listen would keep the socket open.
    ssh.connection?.destroy();
    throw check.refusal() ?? sshTrouble(error, where);
  }
}

/**
 * A channel through a jump host. A host that is down lets the jump host wait for minutes, and us with it, in one of the
 * few places for logins: not longer than the connect timeout.
 */
async function forward(under: Connection, { address, port, profile }: Server): Promise<Channel> {
  const opening = under.ssh.forwardOut('127.0.0.1', 0, address, port);
  const seconds = profile.connectTimeoutMs / 1000;
  const late = fail('host-timeout', {
    message: `${address}:${port} did not answer in time`,
    seen: `the jump host did not connect to it within ${seconds} s`,
  });
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), profile.connectTimeoutMs);
  });
  try {
    return await Promise.race([opening, tooLate]);
  } catch (error) {
    opening.then(
      channel => channel.close(),
      () => {},
    );
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Politely, and after a second without an answer for good. */
function closeOne(ssh: NodeSSH): void {
  const client = ssh.connection;
  if (!client) return;
  const timer = setTimeout(() => client.destroy(), 1_000).unref();
  client.once('close', () => clearTimeout(timer));
  ssh.dispose();
}

function settingsOf({ address, port, profile }: Server): Omit<Config, 'privateKey'> {
  return {
    host: address,
    port,
    username: profile.user,
    readyTimeout: profile.connectTimeoutMs,
    keepaliveInterval: profile.keepaliveIntervalMs,
    keepaliveCountMax: profile.keepaliveCountMax,
  };
}

/** node-ssh takes its error listener away once connected: without this one a later reset would end the process. */
function watchEnd(ssh: NodeSSH): Promise<Error | null> {
  return new Promise(resolve => {
    let last: Error | null = null;
    ssh.connection?.setMaxListeners(0);
    ssh.connection?.on('error', error => {
      last = error;
    });
    ssh.connection?.once('close', () => resolve(last));
  });
}
