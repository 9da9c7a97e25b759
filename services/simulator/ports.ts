import { randomInt } from 'node:crypto';
import type { Server } from 'node:net';

/**
 * Below the ports Linux gives to outgoing connections (32768 and up): a port here stays free while its server is off,
 * however many connections others open.
 */
const LOWEST = 12_000;
const HIGHEST = 32_000;
const RETRY_MS = 20;

/** An address, and its port; 0: any of the range. */
export interface ListenPlace {
  readonly host: string;
  readonly port: number;
}

/** Listens there, waiting until the port is free. Returns the port. `givenUp` ends the wait with an error. */
export async function listenOn(server: Server, { host, port }: ListenPlace, givenUp: () => boolean): Promise<number> {
  for (;;) {
    const wanted = port === 0 ? randomInt(LOWEST, HIGHEST) : port;
    const failure = await tryListen(server, host, wanted);
    if (failure === null) return wanted;
    if ((failure as NodeJS.ErrnoException).code !== 'EADDRINUSE' || givenUp()) throw failure;
    if (port !== 0) await new Promise(resolve => setTimeout(resolve, RETRY_MS));
  }
}

function tryListen(server: Server, host: string, port: number): Promise<Error | null> {
  return new Promise(resolve => {
    const onError = (error: Error) => {
      server.off('listening', onListening);
      resolve(error);
    };
    const onListening = () => {
      server.off('error', onError);
      resolve(null);
    };
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen(port, host);
  });
}
