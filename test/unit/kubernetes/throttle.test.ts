import { setMaxListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Throttle } from '../../../shared/kubernetes/throttle.ts';

const never = new AbortController().signal;
setMaxListeners(0, never);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Takes `count` tokens at once; counts those it has got. */
function takeMany(throttle: Throttle, count: number, signal = never) {
  const got = { count: 0 };
  for (let nth = 0; nth < count; nth++) {
    throttle.take(signal).then(
      leave => {
        got.count++;
        leave();
      },
      () => undefined,
    );
  }
  return got;
}

describe('the rate of requests', () => {
  it('lets a burst go at once, then so many a second', async () => {
    const got = takeMany(new Throttle({ qps: 10, burst: 5 }), 100);
    await vi.advanceTimersByTimeAsync(0);
    expect(got.count).toBe(5);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(got.count).toBe(15);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(got.count).toBe(100);
  });

  it('saves up no more than a burst while nothing is asked', async () => {
    const throttle = new Throttle({ qps: 10, burst: 5 });
    await vi.advanceTimersByTimeAsync(3_600_000);
    const got = takeMany(throttle, 100);
    await vi.advanceTimersByTimeAsync(0);
    expect(got.count).toBe(5);
  });

  it('serves in the order of asking, and whoever is aborted costs nothing', async () => {
    const throttle = new Throttle({ qps: 1, burst: 1 });
    const order: string[] = [];
    const gone = new AbortController();
    const ask = (name: string, signal = never) =>
      throttle.take(signal).then(
        leave => {
          order.push(name);
          leave();
        },
        () => order.push(`${name} aborted`),
      );
    void ask('a');
    void ask('b', gone.signal);
    void ask('c');
    void ask('d');
    gone.abort(new Error('enough'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(order).toEqual(['a', 'b aborted', 'c']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(order.at(-1)).toBe('d');
    await expect(throttle.take(AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });

  it('has no more than 100 under way, and goes on as answers come', async () => {
    const throttle = new Throttle({ qps: 1_000, burst: 1_000 });
    const leaves: (() => void)[] = [];
    for (let nth = 0; nth < 150; nth++) void throttle.take(never).then(leave => leaves.push(leave));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(leaves).toHaveLength(100);
    throttle.takeFirst();
    for (const leave of leaves.splice(0, 30)) leave();
    await vi.advanceTimersByTimeAsync(0);
    expect(leaves).toHaveLength(100);
  });

  it('what must not wait goes first, and the others pay for it', async () => {
    const throttle = new Throttle({ qps: 10, burst: 2 });
    for (let nth = 0; nth < 12; nth++) throttle.takeFirst();
    const got = takeMany(throttle, 2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(got.count).toBe(0);
    await vi.advanceTimersByTimeAsync(150);
    expect(got.count).toBe(1);
  });
});
