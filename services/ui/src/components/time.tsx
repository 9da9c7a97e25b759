import { dateTime, duration } from '../../../../shared/domain/time/show.ts';
import { now } from '../lib/clock.ts';
import { agoText } from '../view/ago.ts';

interface InstantProps {
  /** ms since the epoch; null: a dash. */
  readonly atMs: number | null;
  /** Zone of the cluster, shown on hover; null or missing: UTC is. */
  readonly zone?: string | null;
  /** How it is shown: `2026-03-01 14:03`, or `3m12s ago` (`in 3m12s`). Default: the date. */
  readonly as?: 'date' | 'ago';
}

/** An instant in the viewer's zone, with the cluster's own time on hover. */
export function Instant({ atMs, zone, as = 'date' }: InstantProps) {
  if (atMs === null) return <span class="quiet">–</span>;
  const theirs = inZone(atMs, zone ?? 'UTC');
  const mine = dateTime(atMs);
  const text = as === 'date' ? mine.slice(0, 16) : <Ago atMs={atMs} />;
  return (
    <time dateTime={new Date(atMs).toISOString()} title={`${mine} here · ${theirs}`}>
      {text}
    </time>
  );
}

/** A browser may know fewer zones than the server. */
function inZone(atMs: number, zone: string): string {
  try {
    return `${dateTime(atMs, zone)} ${zone}`;
  } catch {
    return `${dateTime(atMs, 'UTC')} UTC`;
  }
}

function Ago({ atMs }: { readonly atMs: number }) {
  return <>{agoText(now.value - atMs)}</>;
}

/** A time span that goes on: since an instant, by the server's clock. */
export function Since({ atMs }: { readonly atMs: number }) {
  return <span class="number">{duration(Math.max(0, now.value - atMs))}</span>;
}
