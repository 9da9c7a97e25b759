import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports Linux gives to outgoing connections (32768 and up) and those of simulated hosts (12 000 to 32 000): a port
 * that was drawn stays free until it is listened on, and while its server is away, however many connections others open.
 */
const LOWEST = 10_000;
/** Each process of tests draws from so many of its own, at most `SHARES` at once. */
const SHARE = 250;
const SHARES = 8;

const lowest = LOWEST + SHARE * (Number(process.env['VITEST_POOL_ID'] ?? 0) % SHARES);
/** Two runs of tests on a machine do not begin with the same. */
let drawn = randomInt(SHARE);

/** A port of the loopback that nobody has, and that this process is not given again before all others of its share. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < SHARE; tries += 1) {
    drawn = (drawn + 1) % SHARE;
    const port = lowest + drawn;
    if (await isFree(port)) return port;
  }
  throw new Error(`no port is free from ${lowest} on`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
