import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** As of services/ui/src/lib/live.ts, which is compiled for browsers. */
interface Following {
  readonly state: { readonly value: { readonly kind: string } };
  stop(): void;
}
type Handlers = Readonly<Record<string, (data: unknown) => void>>;
type Follow = (path: string, handlers: Handlers, unseen?: string) => Following;

/** A stream of events as browsers have it. */
class Source extends EventTarget {
  static opened: Source[] = [];
  static get open(): number {
    return Source.opened.filter(({ closed }) => !closed).length;
  }

  closed = false;
  onerror: (() => void) | null = null;

  constructor() {
    super();
    Source.opened.push(this);
  }

  close(): void {
    this.closed = true;
  }

  tell(event: string, data: unknown): void {
    this.dispatchEvent(Object.assign(new Event(event), { data: JSON.stringify(data) }));
  }
}

const page = Object.assign(new EventTarget(), { hidden: false });
const asked = vi.fn(async (_path: string, _init?: { readonly signal?: AbortSignal }) =>
  Response.json({ from: 'json' }),
);
let following: Following | null = null;
let follow: Follow;
let followToEnd: (path: string, handlers: Handlers, isOver: () => boolean, onEnd: () => void) => Following;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('document', page);
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('EventSource', Source);
  vi.stubGlobal('fetch', asked);
  vi.resetModules();
  const file = '../../../services/ui/src/lib/live.ts';
  ({ follow } = (await import(file)) as { follow: Follow });
  const toEnd = '../../../services/ui/src/lib/to-end.ts';
  ({ followToEnd } = (await import(toEnd)) as { followToEnd: typeof followToEnd });
  Source.opened = [];
  asked.mockClear();
});
afterEach(() => {
  following?.stop();
  page.hidden = false;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function see(isSeen: boolean): void {
  page.hidden = !isSeen;
  page.dispatchEvent(new Event('visibilitychange'));
}

function begin(unseen?: string) {
  const told: unknown[] = [];
  following = follow('/overview', { overview: data => void told.push(data) }, unseen);
  return { told, kind: () => following?.state.value.kind };
}

describe('what a page follows', () => {
  it('holds no connection once nobody sees the page, and comes back with it', async () => {
    const { told, kind } = begin();
    Source.opened[0]?.tell('overview', 1);
    expect(kind()).toBe('live');
    see(false);
    expect(Source.open).toBe(1);
    await vi.advanceTimersByTimeAsync(600_000);
    expect([Source.open, kind(), asked.mock.calls.length]).toEqual([0, 'connecting', 0]);
    see(true);
    Source.opened[1]?.tell('overview', 2);
    expect([Source.open, kind(), told]).toEqual([1, 'live', [1, 2]]);
  });

  it('stays where the page is seen again at once', async () => {
    begin();
    see(false);
    see(true);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(Source.opened).toHaveLength(1);
    expect(Source.open).toBe(1);
  });

  it('is looked at now and then for a page that nobody sees, if that is wanted', async () => {
    page.hidden = true;
    const { told, kind } = begin('overview');
    await vi.advanceTimersByTimeAsync(130_000);
    expect([told.length, kind(), Source.opened.length]).toEqual([3, 'connecting', 0]);
    following?.stop();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(told).toHaveLength(3);
  });

  it('holds one connection where the page was hidden and seen again while a question was open', async () => {
    let answer: (response: Response) => void = () => undefined;
    begin();
    asked.mockImplementationOnce(() => new Promise(resolve => void (answer = resolve)));
    Source.opened[0]?.onerror?.();
    await vi.advanceTimersByTimeAsync(1_000);
    see(false);
    await vi.advanceTimersByTimeAsync(6_000);
    see(true);
    answer(Response.json({}));
    await vi.advanceTimersByTimeAsync(1_000);
    expect([Source.opened.length, Source.open]).toEqual([2, 1]);
    following?.stop();
    expect(Source.open).toBe(0);
  });

  it('tries again when a question is answered never', async () => {
    const timeouts: number[] = [];
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(ms => {
      timeouts.push(ms);
      return AbortSignal.abort();
    });
    asked.mockRejectedValueOnce(new Error('aborted'));
    begin();
    Source.opened[0]?.onerror?.();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(timeouts).toEqual([30_000, 30_000]);
    expect(Source.open).toBe(1);
  });
});

describe('what comes to an end', () => {
  it('is followed until it is over and nothing more has come for a while; not given up where the connection is lost', async () => {
    let isOver = false;
    const onEnd = vi.fn();
    const rows: unknown[] = [];
    following = followToEnd('/log', { rows: data => void rows.push(data) }, () => isOver, onEnd);
    /** The server tells every 5 s that it lives. */
    const live = async (seconds: number) => {
      for (let at = 0; at < seconds; at += 5) {
        Source.opened.at(-1)?.tell('tick', { atMs: 0 });
        await vi.advanceTimersByTimeAsync(5_000);
      }
    };
    Source.opened[0]?.tell('rows', 1);
    await live(60);
    expect(Source.open).toBe(1);
    isOver = true;
    Source.opened[0]?.onerror?.();
    await vi.advanceTimersByTimeAsync(2_000);
    Source.opened[1]?.onerror?.();
    await vi.advanceTimersByTimeAsync(20_000);
    expect([onEnd.mock.calls.length, Source.open]).toEqual([0, 1]);
    await live(5);
    Source.opened.at(-1)?.tell('rows', 2);
    await live(5);
    expect(Source.open).toBe(1);
    await live(10);
    expect([Source.open, onEnd.mock.calls.length, rows, following?.state.value.kind]).toEqual([0, 1, [1, 2], 'live']);
    const { length } = Source.opened;
    see(false);
    await vi.advanceTimersByTimeAsync(60_000);
    see(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(Source.opened).toHaveLength(length);
  });
});
