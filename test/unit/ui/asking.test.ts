import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** As of services/ui/src/lib, which is compiled for browsers. */
const LIB = '../../../services/ui/src/lib';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a question that is wanted more often than it is answered', () => {
  it('is asked to its end, and then once more', async () => {
    const file = `${LIB}/one-at-a-time.ts`;
    const { oneAtATime } = (await import(file)) as { oneAtATime: (ask: () => Promise<void>) => () => void };
    let asked = 0;
    let answered = 0;
    const wanted = oneAtATime(async () => {
      asked += 1;
      await new Promise(resolve => setTimeout(resolve, 1_000));
      answered += 1;
    });
    for (let times = 0; times < 10; times += 1) {
      wanted();
      await vi.advanceTimersByTimeAsync(300);
    }
    expect([asked, answered]).toEqual([4, 3]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([asked, answered]).toEqual([4, 4]);
    wanted();
    await vi.advanceTimersByTimeAsync(1_000);
    expect([asked, answered]).toEqual([5, 5]);
  });
});

describe('what is done again and again', () => {
  it('is not done while nobody sees the page, and at once when it is seen again', async () => {
    const page = Object.assign(new EventTarget(), { hidden: false });
    vi.stubGlobal('document', page);
    const see = (isSeen: boolean): void => {
      page.hidden = !isSeen;
      page.dispatchEvent(new Event('visibilitychange'));
    };
    const file = `${LIB}/while-seen.ts`;
    const { everySeen } = (await import(file)) as { everySeen: (ms: number, work: () => void) => () => void };
    const work = vi.fn();
    const stop = everySeen(10_000, work);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(work).toHaveBeenCalledTimes(2);
    see(false);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(work).toHaveBeenCalledTimes(2);
    see(true);
    expect(work).toHaveBeenCalledTimes(3);
    stop();
    see(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(work).toHaveBeenCalledTimes(3);
  });
});

describe('the theme', () => {
  it('is chosen for as long as the page is open where the browser refuses to keep anything', async () => {
    const refuse = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    const root = { dataset: {} as Record<string, string> };
    vi.stubGlobal('document', { documentElement: root });
    vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse });
    vi.resetModules();
    const file = `${LIB}/theme.ts`;
    const { theme } = (await import(file)) as { theme: { value: string } };
    expect(theme.value).toBe('system');
    theme.value = 'dark';
    expect(root.dataset).toEqual({ theme: 'dark' });
  });
});
