import type { ClientChannel } from 'ssh2';
import { fail } from '../../domain/failures/catalogue.ts';
import type { Answer } from '../executor.ts';
import { reasonOf, unlessAborted } from '../wait.ts';
import type { Connection } from './connection.ts';
import { sshTrouble } from './trouble.ts';

/** Most that is kept of each stream of a remote command, bytes. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Runs a command to its end with `stdin`. Aborting closes the channel; what runs on the host goes on. Throws StepError
 * `host-connection-lost` (also when it is killed by a signal), or `host-script-failed` when it says more than 16 MiB.
 */
export async function execute(
  connection: Connection,
  command: string,
  stdin: string,
  where: string,
  signal: AbortSignal,
): Promise<Answer> {
  const call = begin(connection, command, stdin);
  const loss = lossOf(connection);
  try {
    const end = await unlessAborted(Promise.race([call.end, loss.lost]), signal);
    if (call.tooMuch()) throw fail('host-script-failed', { message: `${where} said more than ${MOST_BYTES} bytes` });
    // As a host goes down, the server's sessions are killed: the same as a connection that ends.
    if (end.signal !== null) throw new Error(`the command was killed by ${end.signal}`);
    // OpenSSH and ssh2 give a channel that dies with its connection no exit code.
    if (end.code === null) throw new Error('the channel was closed without an exit code');
    return { exitCode: end.code, stdout: Buffer.concat(call.stdout), stderr: Buffer.concat(call.stderr) };
  } catch (error) {
    call.end.catch(() => {});
    call.close();
    if (signal.aborted) throw reasonOf(signal);
    throw sshTrouble(error, where);
  } finally {
    loss.forget();
  }
}

function begin(connection: Connection, command: string, stdin: string) {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let left = MOST_BYTES;
  let channel: ClientChannel | undefined;
  const take = (into: Buffer[]) => (chunk: Buffer) => {
    left -= chunk.length;
    if (left >= 0) into.push(chunk);
    else channel?.close();
  };
  const end = connection.ssh.execCommand(command, {
    stdin,
    noTrim: true,
    onChannel: opened => {
      channel = opened;
      // A channel that dies while the script is still being sent reports it here; the end itself says enough.
      opened.on('error', () => {});
    },
    onStdout: take(stdout),
    onStderr: take(stderr),
  });
  return { stdout, stderr, end, tooMuch: () => left < 0, close: () => channel?.close() };
}

function lossOf(connection: Connection): { lost: Promise<never>; forget(): void } {
  const client = connection.ssh.connection;
  let onClose = (): void => {};
  const lost = new Promise<never>((_, reject) => {
    onClose = () => reject(new Error('the connection was closed'));
    client?.once('close', onClose);
  });
  return { lost, forget: () => client?.removeListener('close', onClose) };
}
