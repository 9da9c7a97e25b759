import { Socket } from 'node:net';
import type { Channel, Client } from 'ssh2';
import { fail } from '../../domain/failures/catalogue.ts';
import { inTime } from '../wait.ts';
import { placeOf, type Server } from './route.ts';
import { forwardTrouble, type LoginProgress } from './trouble.ts';

/** Enough for a server that says why it closes, characters. */
const SAID = 200;

/** A socket that connects to the server once ssh2 has it, and tells how far it is. */
export function dialDirectly({ address, port }: Server, progress: LoginProgress): Socket {
  const socket = new Socket();
  socket.setNoDelay(true);
  socket.once('connect', () => {
    progress.connected = true;
    listenFirst(socket, progress);
  });
  socket.connect({ host: address, port });
  return socket;
}

/**
 * A channel through a jump host. A host that is down lets the jump host wait for minutes, and us with it, in one of the
 * few places for logins: not longer than `timeoutMs`.
 */
export async function dialThrough(
  jump: { readonly client: Client; readonly where: string },
  server: Server,
  timeoutMs: number,
  progress: LoginProgress,
): Promise<Channel> {
  const { client, where } = jump;
  const opening = new Promise<Channel>((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, server.address, server.port, (error, channel) => {
      if (error) reject(error);
      else resolve(channel);
    });
  });
  const late = (): Error =>
    fail('host-timeout', {
      message: `${placeOf(server)} did not answer in time`,
      seen: `${where} did not connect to it within ${timeoutMs / 1000} s`,
    });
  try {
    const channel = await inTime(opening, timeoutMs, late);
    progress.connected = true;
    listenFirst(channel, progress);
    return channel;
  } catch (error) {
    opening.then(
      channel => channel.close(),
      () => {},
    );
    throw forwardTrouble(error, where, placeOf(server));
  }
}

/** ssh2 has paused the stream, so listening takes nothing away from it. */
function listenFirst(stream: Socket | Channel, progress: LoginProgress): void {
  stream.pause();
  stream.once('data', (chunk: Buffer) => {
    progress.said = chunk.subarray(0, SAID).toString('latin1');
  });
}
