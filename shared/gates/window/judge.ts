import { DAY_MS, showLocal } from '../../domain/time/day.ts';
import type { Span } from '../../domain/time/span.ts';
import { offsetAt } from '../../domain/time/zone.ts';
import { freezeAt, openSpans } from '../../domain/window/spans.ts';
import type { CronMoments, WindowPolicy } from '../../domain/window/window.ts';

/** What the windows of a cluster say at an instant. */
export type WindowVerdict =
  /** `closesAtMs` null: not within {@link HORIZON_MS}. */
  | { readonly open: true; readonly closesAtMs: number | null }
  /** `opensAtMs` null: not within {@link HORIZON_MS}. */
  | { readonly open: false; readonly reason: string; readonly opensAtMs: number | null };

/** How far ahead is looked: the last Sunday of a month of next year is within it. */
export const HORIZON_MS = 400 * DAY_MS;
/** Looked at in one go, to be done early when the next window is near. */
const PIECE_MS = 20 * DAY_MS;

/** What is to begin: how long it takes, and what to tell of it; `NOTHING_MORE` only has to begin within a window. */
export interface Takes {
  readonly ms: number;
  /** `a node takes 30 min`. */
  readonly words: string;
}

export const NOTHING_MORE: Takes = { ms: 0, words: '' };

type Windows = Pick<WindowPolicy, 'rules' | 'freezes'>;

/** Whether something may begin at `atMs`. */
export function judgeWindow(policy: Windows, atMs: number, takes: Takes, cron: CronMoments): WindowVerdict {
  if (policy.rules.length === 0 && policy.freezes.length === 0) return { open: true, closesAtMs: null };
  const now = openAround(policy, atMs, cron);
  const endMs = now?.toMs ?? null;
  const fits = now !== null && (endMs === atMs + HORIZON_MS || now.toMs - atMs >= takes.ms);
  if (fits) return { open: true, closesAtMs: endMs === atMs + HORIZON_MS ? null : endMs };
  const next = nextOpen(policy, now?.toMs ?? atMs, takes.ms, cron);
  const zone = policy.rules[0]?.zone ?? policy.freezes[0]?.zone ?? 'UTC';
  const show = (ms: number) => `${showLocal(ms + offsetAt(zone, ms))} ${zone}`;
  const opens = next === null ? 'no window that is long enough is to come' : `opens ${show(next)}`;
  return { open: false, reason: `${whyClosed(policy, atMs, takes, now, show)}; ${opens}`, opensAtMs: next };
}

function whyClosed(
  policy: Windows,
  atMs: number,
  takes: Takes,
  now: Span | null,
  show: (ms: number) => string,
): string {
  if (now) return `the window closes ${show(now.toMs)}, and ${takes.words}`;
  const freeze = freezeAt(policy, atMs);
  if (!freeze) return 'outside the window';
  return freeze.why === '' ? 'frozen' : `frozen: ${freeze.why}`;
}

/** The open span that holds `atMs`, as far as the horizon; null: closed. */
function openAround(policy: Windows, atMs: number, cron: CronMoments): Span | null {
  const limitMs = atMs + HORIZON_MS;
  let toMs = atMs;
  while (toMs < limitMs) {
    const piece = { fromMs: toMs, toMs: Math.min(toMs + PIECE_MS, limitMs) };
    const [first] = openSpans(policy, piece, cron);
    if (first?.fromMs !== piece.fromMs) break;
    toMs = first.toMs;
    if (first.toMs < piece.toMs) break;
  }
  return toMs > atMs ? { fromMs: atMs, toMs } : null;
}

/** The next instant after `afterMs` from which on the windows stay open for `takesMs`; null: none within the horizon. */
function nextOpen(policy: Windows, afterMs: number, takesMs: number, cron: CronMoments): number | null {
  let fromMs = afterMs;
  while (fromMs < afterMs + HORIZON_MS) {
    const [first] = openSpans(policy, { fromMs, toMs: fromMs + PIECE_MS }, cron);
    if (!first) {
      fromMs += PIECE_MS;
      continue;
    }
    const whole = openAround(policy, first.fromMs, cron) ?? first;
    if (whole.toMs - whole.fromMs >= takesMs) return whole.fromMs;
    fromMs = whole.toMs;
  }
  return null;
}
