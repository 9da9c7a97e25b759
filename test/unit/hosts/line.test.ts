import { EventEmitter } from 'node:events';
import type { Client, ClientChannel } from 'ssh2';
import { expect, it } from 'vitest';
import { Line, LineUnusable } from '../../../shared/hosts/ssh/line.ts';

/** A session whose command never ends, on a server that keeps it even when we have let go. */
function hungSession(): ClientChannel {
  const nothing = () => {};
  const stderr = Object.assign(new EventEmitter(), { resume: nothing });
  const channel = Object.assign(new EventEmitter(), { stderr, resume: nothing, close: nothing, write: nothing });
  return channel as unknown as ClientChannel;
}

function hungServer(): Line {
  const exec = (_command: string, opened: (error: undefined, channel: ClientChannel) => void) =>
    opened(undefined, hungSession());
  const client = Object.assign(new EventEmitter(), { exec }).setMaxListeners(0) as unknown as Client;
  const closed = new Promise<null>(() => {});
  return new Line({ client, closed, close: () => {} }, 'here', 10_000);
}

it('a line full of what hangs sends a new command elsewhere, also one that comes later', async () => {
  const line = hungServer();
  const never = new AbortController().signal;
  for (let number = 0; number < 7; number += 1) line.run('x', '', never).catch(() => {});
  const stop = new AbortController();
  const letGo = Array.from({ length: 3 }, () => line.run('x', '', stop.signal));
  const waiting = line.run('x', '', never);
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  stop.abort(new Error('enough'));
  await Promise.allSettled(letGo);
  await expect(waiting).rejects.toThrow(LineUnusable);
  await expect(line.run('x', '', never)).rejects.toThrow(LineUnusable);
});
