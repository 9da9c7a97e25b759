import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import ssh2 from 'ssh2';

/** A server on a port of the loopback that does one thing to whoever connects. */
export interface RawServer {
  readonly port: number;
  /** How many have connected so far. */
  readonly seen: () => number;
  stop(): Promise<void>;
}

/** `act` gets each connection; all are cut at the end. */
export async function rawServer(act: (socket: Socket) => void): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let seen = 0;
  const server = createServer(socket => {
    seen += 1;
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    act(socket);
  });
  await listen(server);
  return {
    port: portOf(server),
    seen: () => seen,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/** Passes bytes on to another port until it is frozen: then nothing comes through, and nothing is closed. */
export interface Cable extends RawServer {
  freeze(): void;
  cut(): void;
}

export async function cableTo(port: number): Promise<Cable> {
  let frozen = false;
  const ends = new Set<Socket>();
  const server = await rawServer(near => {
    const far = new Socket();
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
    near.on('close', () => far.destroy());
    near.on('data', data => frozen || far.write(data));
    far.on('data', data => frozen || near.write(data));
    far.connect(port, '127.0.0.1');
    ends.add(near);
  });
  return {
    ...server,
    freeze: () => {
      frozen = true;
      // Nor does the end of one side come through.
      for (const end of ends) end.allowHalfOpen = true;
    },
    cut: () => {
      for (const end of ends) end.resetAndDestroy();
    },
  };
}

/** An SSH server that lets everybody in; what happens then is the test's. */
export async function ssh2Server(
  serve: (client: ssh2.Connection) => void,
): Promise<RawServer & { readonly hostKey: string; readonly privateKey: string }> {
  const { privateKey: pair } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const privateKey = pair.export({ type: 'pkcs1', format: 'pem' }) as string;
  let seen = 0;
  const clients = new Set<ssh2.Connection>();
  const server = new ssh2.Server({ hostKeys: [privateKey] }, client => {
    seen += 1;
    clients.add(client);
    client.on('authentication', asked => asked.accept());
    client.on('error', () => {});
    client.on('close', () => clients.delete(client));
    serve(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) throw parsed;
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: `ssh-rsa ${parsed.getPublicSSH().toString('base64')}`,
    privateKey,
    seen: () => seen,
    stop: async () => {
      for (const client of clients) client.end();
      await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}

async function listen(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
