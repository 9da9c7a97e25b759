import { EventEmitter } from 'node:events';
import type { Client } from 'ssh2';
import { expect, it } from 'vitest';
import { openCommand } from '../../../shared/hosts/ssh/exec.ts';
import { commandTrouble } from '../../../shared/hosts/ssh/trouble.ts';

/** What ssh2 says both when a server refuses a command, and when the connection ends before its answer. */
const REFUSED = new Error('Unable to exec');

class PretendedClient extends EventEmitter {
  answer: (error: Error) => void = () => {};

  exec(_command: string, answer: (error: Error) => void): void {
    this.answer = answer;
  }
}

it.each([
  [true, 'host-connection-lost'],
  [false, 'host-no-shell'],
])('a command that is not begun: the connection was closed: %s', async (closed, code) => {
  const client = new PretendedClient();
  const opened = openCommand(client as unknown as Client, 'true');
  if (closed) client.emit('close');
  client.answer(REFUSED);
  const error: unknown = await opened.catch((reason: unknown) => reason);
  expect(commandTrouble(error, 'here:22')).toMatchObject({ failure: { code } });
  expect(client.listenerCount('close')).toBe(0);
});
