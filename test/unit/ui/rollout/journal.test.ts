import { afterEach, expect, it, vi } from 'vitest';
import { isBehind } from '../../../../services/ui/src/lib/event-ids.ts';

it.each([
  [null, '', false],
  [null, '5-0', true],
  ['5-0', '5-0', false],
  ['5-9', '5-10', true],
  ['5-10', '5-9', false],
  ['99-0', '100-0', true],
  ['100-0', '99-7', false],
])('known %s, told of %s: behind %s', (known, wanted, expected) => {
  expect(isBehind(known, wanted)).toBe(expected);
});

/** As of services/ui/src/lib/journal.ts, which is compiled for browsers. */
interface Following {
  readonly events: { peek(): readonly { readonly id: string }[] | null };
  follow(upTo: string): Promise<void>;
}

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('has all events, also when one of several pieces did not come at first', async () => {
  vi.useFakeTimers();
  const ids = Array.from({ length: 80 }, (_, index) => `${index + 1}-0`);
  let pieces = 0;
  vi.stubGlobal('fetch', async (url: string) => {
    pieces += 1;
    if (pieces === 2) return Response.json({}, { status: 503 });
    const after = Number((new URL(url, 'http://localhost').searchParams.get('after') ?? '').split('-')[0]);
    const found = ids.slice(after, after + 50);
    return Response.json({ events: found.map(id => ({ id })), last: found.at(-1) ?? after, more: found.length === 50 });
  });
  const file = '../../../../services/ui/src/lib/journal.ts';
  const { Journal } = (await import(file)) as { Journal: new (rollout: string) => Following };
  const journal = new Journal('r-1');
  for (let times = 0; times < 2; times += 1) {
    void journal.follow('80-0');
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(journal.events.peek()?.map(({ id }) => id)).toEqual(ids);
});
