import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Where the embedded server listens; the same over all its restarts. */
export type ServerAddress =
  | { readonly kind: 'socket'; readonly path: string; readonly url: string }
  | { readonly kind: 'loopback'; readonly port: number; readonly password: string; readonly url: string };

/** sun_path holds 108 bytes with its final NUL on Linux (unix(7)), 104 on macOS and the BSDs. */
const LONGEST_SOCKET_PATH = process.platform === 'linux' ? 107 : 103;

/** A unix socket inside the data folder; a loopback port when its path would be too long. */
export async function chooseAddress(dir: string): Promise<ServerAddress> {
  const path = join(dir, 'redis.sock');
  if (Buffer.byteLength(path) > LONGEST_SOCKET_PATH) return loopbackAddress();
  return { kind: 'socket', path, url: `unix://${path.split('/').map(encodeURIComponent).join('/')}` };
}

/** A free port of 127.0.0.1 with a random password of 256 bits. */
export async function loopbackAddress(): Promise<ServerAddress> {
  const port = await freePort();
  const password = randomBytes(32).toString('hex');
  return { kind: 'loopback', port, password, url: `redis://:${password}@127.0.0.1:${port}` };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
