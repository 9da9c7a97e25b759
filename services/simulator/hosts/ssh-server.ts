import { timingSafeEqual } from 'node:crypto';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection, type ParsedKey } from 'ssh2';
import { listenOn } from '../ports.ts';
import { isOff, type PowerFollower, type SimHost } from './machine.ts';
import { serveCommand } from './session.ts';

/** Who may log in. */
export interface SshAccess {
  /** The host's own private key, OpenSSH or PEM text. */
  readonly hostKey: string;
  /** Public keys that open the host, as parsed by ssh2. */
  readonly clientKey: ParsedKey;
  /** Accounts besides root. */
  readonly users: readonly string[];
}

/** The SSH server of one host, on one port of 127.0.0.1; follows the machine's power. */
export class HostSshServer implements PowerFollower {
  port = 0;
  readonly #host: SimHost;
  readonly #access: SshAccess;
  readonly #ssh: ssh2.Server;
  readonly #sockets = new Set<Socket>();
  #net: NetServer | null = null;
  #closed = false;

  constructor(host: SimHost, access: SshAccess) {
    this.#host = host;
    this.#access = access;
    this.#ssh = new ssh2.Server(
      { hostKeys: [access.hostKey], ident: 'OpenSSH_9.2p1 Debian-2+deb12u3' },
      (client, { port }) => this.#serve(client, port),
    );
    host.follow(this);
  }

  /** Listens, on the same port each time; connections that met a machine that was off are cut. */
  async up(): Promise<void> {
    this.cut();
    if (this.port === 0 || this.#host.faults.connect !== 'refuse') await this.#listen();
  }

  async #listen(): Promise<void> {
    if (this.#net !== null || this.#closed) return;
    const net = createServer({ noDelay: true }, socket => this.#accept(socket));
    this.#net = net;
    this.port = await listenOn(net, { host: '127.0.0.1', port: this.port }, () => this.#closed);
  }

  down(): void {
    this.cut();
    if (this.#host.faults.whileDown === 'refuse') this.#stopListening();
  }

  /** Cuts every connection, without a word. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#sockets.clear();
  }

  #cutFrom(remotePort: number): void {
    for (const socket of this.#sockets) if (socket.remotePort === remotePort) socket.resetAndDestroy();
  }

  /** Opens or closes the door as the fault `connect` says. */
  async applyFaults(): Promise<void> {
    if (this.#host.faults.connect === 'refuse') this.#stopListening();
    else if (this.#host.state === 'up') await this.#listen();
  }

  close(): void {
    this.#closed = true;
    this.#stopListening();
    this.cut();
  }

  #stopListening(): void {
    this.#net?.close();
    this.#net = null;
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const { state, faults } = this.#host;
    if (isOff(state) || faults.connect === 'hang') return;
    this.#ssh.injectSocket(socket);
  }

  #serve(client: Connection, remotePort: number): void {
    const cut = () => this.#cutFrom(remotePort);
    let user = '';
    client.on('error', () => client.end());
    client.on('authentication', context => {
      user = context.username;
      this.#authenticate(context);
    });
    client.on('ready', () => {
      client.on('session', accept => {
        const session = accept();
        session.on('env', acceptEnv => acceptEnv?.());
        session.on('pty', acceptPty => acceptPty?.());
        session.on('exec', (acceptExec, _reject, info) => {
          const uid = user === 'root' ? 0 : 1000;
          this.#host.track(serveCommand(this.#host, acceptExec(), { uid, command: info.command }, cut));
        });
      });
    });
  }

  #authenticate(context: AuthContext): void {
    const known = context.username === 'root' || this.#access.users.includes(context.username);
    if (context.method !== 'publickey' || !known) return context.reject(['publickey']);
    const key = this.#access.clientKey.getPublicSSH();
    const same = context.key.data.length === key.length && timingSafeEqual(context.key.data, key);
    const { signature, blob, hashAlgo } = context;
    if (!same) return context.reject(['publickey']);
    if (signature && !this.#access.clientKey.verify(blob ?? Buffer.alloc(0), signature, hashAlgo))
      return context.reject();
    context.accept();
  }
}
