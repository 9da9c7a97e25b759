import { type Config, NodeSSH } from 'node-ssh';
import type { Client } from 'ssh2';
import { loginOf } from './credentials.ts';
import { dialDirectly, dialThrough } from './dial.ts';
import { hostKeyCheck } from './host-keys.ts';
import { hopName, type Server } from './route.ts';
import { type LoginProgress, loginTrouble } from './trouble.ts';

/** An open connection, with those of the jump hosts under it. */
export interface Connection {
  readonly client: Client;
  /** Resolves when it is gone, by whomever; with the error, if there was one. */
  readonly closed: Promise<Error | null>;
  close(): void;
}

/**
 * Logs in to the last server of `route`; `tell` hears of keys that were accepted for the first time. Throws StepError with
 * the codes of the Host port; its message names the jump host that is in the way.
 */
export async function openConnection(
  route: readonly Server[],
  tell: (notice: string) => void = () => {},
): Promise<Connection> {
  const open: Connection[] = [];
  try {
    for (const index of route.keys()) open.push(await openHop(route, index, open.at(-1), tell));
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

/** The connect timeout of the server's settings is for all of it: name, TCP or the way through the jump host, keys, login. */
async function openHop(
  route: readonly Server[],
  index: number,
  under: Connection | undefined,
  tell: (notice: string) => void,
): Promise<Connection> {
  const server = route[index];
  if (!server) throw new RangeError('no such server');
  const { address, port, profile } = server;
  const fromMs = performance.now();
  const where = hopName(route, index);
  const progress: LoginProgress = { connected: false, said: null, encrypted: false };
  const [login, check] = await Promise.all([loginOf(profile), hostKeyCheck(profile, address, port)]);
  const ssh = new NodeSSH();
  try {
    const sock = under
      ? await dialThrough(
          { client: under.client, where: hopName(route, index - 1) },
          server,
          profile.connectTimeoutMs,
          progress,
        )
      : dialDirectly(server, progress);
    const leftMs = Math.max(1, profile.connectTimeoutMs - (performance.now() - fromMs));
    const connecting = ssh.connect({ ...settingsOf(server, leftMs), ...login.config, ...check.config, sock });
    const { client, closed } = watch(ssh, progress);
    await connecting;
    const notice = await check.keep();
    if (notice !== null) tell(notice);
    const cut = (): void => {
      sock.destroy();
      under?.close();
    };
    return { client, closed, close: () => closeOne(ssh, client, cut) };
  } catch (error) {
    // Not a polite end: a server that does not listen would keep the socket open.
    ssh.connection?.destroy();
    throw check.refusal() ?? loginTrouble(error, where, progress, login.told());
  }
}

/**
 * Politely, and after a second without an answer for good: `cut` takes the way away, since ssh2 destroys no connection
 * whose end it has sent, and asks such a one for no sign of life.
 */
function closeOne(ssh: NodeSSH, client: Client, cut: () => void): void {
  if (!ssh.isConnected()) return;
  const timer = setTimeout(cut, 1_000).unref();
  client.once('close', () => clearTimeout(timer));
  ssh.dispose();
}

function settingsOf({ address, port, profile }: Server, timeoutMs: number): Omit<Config, 'privateKey'> {
  return {
    host: address,
    port,
    username: profile.user,
    readyTimeout: timeoutMs,
    keepaliveInterval: profile.keepaliveIntervalMs,
    keepaliveCountMax: profile.keepaliveCountMax,
  };
}

/** node-ssh takes its error listener away once connected: without this one a later reset would end the process. */
function watch(ssh: NodeSSH, progress: LoginProgress): Pick<Connection, 'client' | 'closed'> {
  const client = ssh.connection;
  if (!client) throw new Error('the connection ended before it began');
  // Each command under way listens for its end.
  client.setMaxListeners(0);
  const closed = new Promise<Error | null>(resolve => {
    let last: Error | null = null;
    client.on('error', error => {
      last = error;
    });
    client.once('handshake', () => {
      progress.encrypted = true;
    });
    client.once('close', () => resolve(last));
  });
  return { client, closed };
}
