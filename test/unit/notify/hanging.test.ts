import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { drainLane } from '../../../services/scheduler/notify/deliver.ts';
import { type NotifyDeps, PACE } from '../../../services/scheduler/notify/deps.ts';
import { openNotifier } from '../../../shared/notify/open.ts';
import type { Outcome } from '../../../shared/ports/outbox.ts';
import { delivery, hookTarget } from '../../helpers/notify.ts';

const never = () => new Promise<never>(() => {});

it('a sender that never comes to an end holds up neither its lane nor a stop', async () => {
  for (const [timeoutMs, isStopped] of [
    [20, false],
    [60_000, true],
  ] as const) {
    const one = delivery(hookTarget('ops', '', { timeoutMs }), 'd1');
    const outcomes: Outcome[] = [];
    const deps = {
      outbox: {
        take: async () =>
          outcomes.length > 0
            ? { kind: 'later', ms: 7 }
            : { kind: 'ready', delivery: one, attempt: 1, ageMs: 0, inDoubt: false },
        settle: async (_lane: string, _id: string, _token: string, outcome: Outcome) => outcomes.push(outcome) > 0,
      },
      notifier: { send: never },
      log: { info: () => {}, warn: () => {}, error: () => {} },
      random: () => 0.5,
      pace: PACE,
      atOnce: isStopped ? AbortSignal.abort(new Error('the scheduler stops')) : new AbortController().signal,
    };
    expect(await drainLane(deps as unknown as NotifyDeps, one.lane, new AbortController().signal)).toBe(7);
    expect(outcomes).toMatchObject([{ state: 'waiting', retryInMs: isStopped ? 0 : PACE.backoffMs }]);
  }
});

/** One attempt at a server that says this, and then nothing more; it never hangs up. */
async function sendTo(says: string): Promise<string> {
  const server = createServer(socket => {
    socket.on('error', () => {});
    socket.once('data', () => socket.write(says));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const target = hookTarget('ops', `http://127.0.0.1:${port}/`);
  const attempt = { id: 'd1', signal: AbortSignal.timeout(10_000), mayLeave: async () => {}, hasLeft: () => {} };
  return openNotifier(never).send(target, delivery(target, 'd1').message, attempt);
}

it('an answer that switches to another protocol is none', async () => {
  const sent = sendTo('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
  await expect(sent).rejects.toThrow('the connection was closed before the answer');
});

it('a message that was taken is not sent again because the answer never ends', async () => {
  expect(await sendTo('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfine')).toBe('HTTP 200: fine');
  expect(await sendTo('HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n')).toBe('HTTP 202');
});
