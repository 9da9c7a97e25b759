import type { Client, ClientChannel } from 'ssh2';
import { fail } from '../../domain/failures/catalogue.ts';
import type { Answer } from '../executor.ts';

/** Most that is kept of a remote command's output, both streams together, bytes. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Opens a session and asks for a command on it; nothing was sent to the command's input yet, so a command that reads its
 * program from there has done nothing. Rejects with what ssh2 says, also when the connection ends meanwhile.
 */
export function openCommand(client: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    let lost = false;
    const onClose = (): void => {
      lost = true;
    };
    client.once('close', onClose);
    // Throws when the connection is already on its way down.
    client.exec(command, (error, channel) => {
      client.removeListener('close', onClose);
      if (error) {
        // ssh2 has the same words for a refusal and for a connection that ends before the answer.
        reject(lost ? new Error('the connection was closed') : error);
        return;
      }
      // A channel that dies while the script is still being sent reports it here; the end itself says enough.
      channel.on('error', () => {});
      resolve(channel);
    });
  });
}

/**
 * Sends `stdin`, holds it open, and collects what the command says, to its end. Rejects when the channel ends without an exit code
 * (OpenSSH and ssh2 give none to one that dies with its connection), or with StepError `host-script-failed` when it says
 * more than 16 MiB: the channel is still open then.
 */
export function converse(client: Client, channel: ClientChannel, stdin: string, where: string): Promise<Answer> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  return new Promise((resolve, reject) => {
    let left = MOST_BYTES;
    const settle = (how: () => void): void => {
      client.removeListener('close', lost);
      how();
    };
    const lost = (): void => settle(() => reject(new Error('the connection was closed')));
    const take = (into: Buffer[]) => (chunk: Buffer) => {
      left -= chunk.length;
      if (left >= 0) into.push(chunk);
      else settle(() => reject(tooMuch(where)));
    };
    client.once('close', lost);
    channel.on('data', take(stdout));
    channel.stderr.on('data', take(stderr));
    // Not `exit`: that of a command that ends at once is there before we are.
    channel.once('close', (code?: number | null, signal?: string | null) => {
      const end: End = { code: code ?? null, signal: signal ?? null };
      const trouble = troubleOf(end);
      if (trouble) settle(() => reject(trouble));
      else
        settle(() =>
          resolve({ exitCode: end.code ?? 0, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) }),
        );
    });
    // Not ended: the program takes the end of its input for ours.
    channel.write(stdin);
  });
}

interface End {
  readonly code: number | null;
  readonly signal: string | null;
}

function troubleOf({ code, signal }: End): Error | null {
  // As a host goes down, the server's sessions are killed: the same as a connection that ends.
  if (signal !== null) return new Error(`the command was killed by ${signal}`);
  return code === null ? new Error('the channel was closed without an exit code') : null;
}

function tooMuch(where: string): Error {
  return fail('host-script-failed', { message: `${where} said more than ${MOST_BYTES} bytes` });
}
