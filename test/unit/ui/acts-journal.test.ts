import { afterEach, beforeEach, expect, it, vi } from 'vitest';

interface Act {
  readonly id: string;
}
/** As of services/ui/src/lib/acts-journal.ts, which is compiled for browsers. */
type Gather = (
  of: { readonly rollout: string; version(): unknown; found(acts: readonly Act[]): void },
  signal: AbortSignal,
) => Promise<void>;

/** How many events there are; every third is a person's act. */
let events = 0;
const idOf = (index: number) => `${index}-0`;
const asked: string[] = [];
let isDown = false;
const stop = new AbortController();

/** Two events in a piece. */
async function answer(url: string): Promise<Response> {
  if (isDown) return Response.json({}, { status: 503 });
  const after = new URL(url, 'http://localhost').searchParams.get('after') ?? '';
  asked.push(after);
  const from = after === '' ? 1 : Number(after.split('-')[0]) + 1;
  const to = Math.min(events, from + 1);
  const ids = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
  const acts = ids.filter(id => id % 3 === 0).map(id => ({ id: idOf(id) }));
  return Response.json({ events: acts, last: ids.length === 0 ? after : idOf(to), more: ids.length === 2 });
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('fetch', answer);
});
afterEach(() => {
  stop.abort();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('asks for no event twice, however often there may be something new, and goes on after a refusal', async () => {
  const file = '../../../services/ui/src/lib/acts-journal.ts';
  const { gatherActs } = (await import(file)) as { gatherActs: Gather };
  let version = 0;
  const told: string[] = [];
  events = 6;
  const found = (acts: readonly Act[]) => void told.push(acts.map(({ id }) => id).join());
  void gatherActs({ rollout: 'r-1', version: () => version, found }, stop.signal);
  await vi.advanceTimersByTimeAsync(10_000);
  expect([asked.splice(0), told.splice(0)]).toEqual([['', '2-0', '4-0', '6-0'], ['3-0,6-0']]);

  events = 9;
  for (; version < 50; version += 1) await vi.advanceTimersByTimeAsync(100);
  expect(new Set(asked)).toEqual(new Set(['6-0', '8-0', '9-0']));
  expect(asked.splice(0).length).toBeLessThan(10);
  expect(told.splice(0).at(-1)).toBe('3-0,6-0,9-0');

  isDown = true;
  events = 12;
  version += 1;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(told).toEqual([]);
  isDown = false;
  await vi.advanceTimersByTimeAsync(3_000);
  expect([asked, told]).toEqual([['9-0', '11-0'], ['3-0,6-0,9-0,12-0']]);
});
