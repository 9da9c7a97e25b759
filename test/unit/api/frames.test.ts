import { describe, expect, it } from 'vitest';
import { eventFrames } from '../../../services/api/v1/live/frames.ts';
import { Growth } from '../../../services/api/v1/live/growth.ts';
import type { RolloutEvent } from '../../../shared/domain/events.ts';

const NEVER_MS = 2 ** 31 - 1;

/** A journal in memory that can be followed, and told to break. */
class Journal {
  readonly all: RolloutEvent[] = [];
  follows = 0;
  /** Called at each look, after it has seen what there is. */
  looked: () => Promise<void> = async () => {};
  #broken: Error | null = null;
  #wake: (() => void)[] = [];

  tell(): void {
    const at = this.all.length + 1;
    this.all.push({ type: 'mended', what: 'x', id: `${at}-0`, atMs: at });
    for (const wake of this.#wake.splice(0)) wake();
  }

  breakOff(): void {
    this.#broken = new Error('gone');
    for (const wake of this.#wake.splice(0)) wake();
  }

  mend(): void {
    this.#broken = null;
  }

  events = async (_: string, after = '', limit = 100): Promise<RolloutEvent[]> => {
    const from = Number(after.split('-')[0] || 0);
    const events = this.all.slice(from, from + limit);
    await this.looked();
    return events;
  };

  async *follow(_: string, after: string, signal: AbortSignal): AsyncIterable<RolloutEvent> {
    this.follows += 1;
    for (let at = Number(after.split('-')[0] || 0); !signal.aborted; ) {
      if (this.#broken) throw this.#broken;
      const event = this.all[at];
      at += event ? 1 : 0;
      if (event) yield event;
      else {
        await new Promise<void>(resolve => {
          this.#wake.push(resolve);
          signal.addEventListener('abort', () => resolve());
        });
      }
    }
  }
}

function open(journal: Journal, growth: Growth, after = '', heartbeatMs = NEVER_MS) {
  const stop = new AbortController();
  const frames = eventFrames(journal, growth, { rollout: 'r-1', after, heartbeatMs, signal: stop.signal });
  return { stop, next: async () => (await frames.next()).value as string | undefined };
}

const frame = (at: number) =>
  `id: ${at}-0\ndata: ${JSON.stringify({ type: 'mended', what: 'x', id: `${at}-0`, atMs: at })}\n\n`;

describe('the frames of a stream', () => {
  it('are what there is, and then what comes', async () => {
    const journal = new Journal();
    journal.tell();
    journal.tell();
    const { next, stop } = open(journal, new Growth(journal));
    expect([await next(), await next()]).toEqual(['retry: 2000\n\n', frame(1) + frame(2)]);
    const third = next();
    journal.tell();
    expect(await third).toBe(frame(3));
    const end = next();
    stop.abort();
    expect(await end).toBeUndefined();
  });

  it('hold at most a hundred events each', async () => {
    const journal = new Journal();
    for (let at = 0; at < 250; at += 1) journal.tell();
    const { next, stop } = open(journal, new Growth(journal));
    await next();
    const pages = [await next(), await next(), await next()];
    expect(pages.map(page => page?.match(/^id: /gm)?.length)).toEqual([100, 100, 50]);
    stop.abort();
  });

  it.each([1, 2])('miss nothing that comes right after look %i, though others have heard it already', async look => {
    const journal = new Journal();
    const growth = new Growth(journal);
    const others = open(journal, growth);
    await others.next();
    const heard = others.next();
    const { next, stop } = open(journal, growth);
    await next();
    let looks = 0;
    journal.looked = async () => {
      looks += 1;
      if (looks !== look) return;
      journal.tell();
      await heard;
    };
    expect(await next()).toBe(frame(1));
    stop.abort();
    others.stop.abort();
  });

  it('break off when the journal cannot be followed, and can be had again afterwards', async () => {
    const journal = new Journal();
    const growth = new Growth(journal);
    const first = open(journal, growth);
    await first.next();
    const waiting = first.next();
    while (journal.follows === 0) await Promise.resolve();
    journal.breakOff();
    await expect(waiting).rejects.toThrow('cannot be followed');
    journal.mend();
    const again = open(journal, growth);
    await again.next();
    const next = again.next();
    journal.tell();
    expect(await next).toBe(frame(1));
    expect(journal.follows).toBe(2);
    again.stop.abort();
  });

  it('are comments while nothing comes', async () => {
    const journal = new Journal();
    const { next, stop } = open(journal, new Growth(journal), '', 1);
    await next();
    expect([await next(), await next()]).toEqual([':\n\n', ':\n\n']);
    stop.abort();
  });
});
