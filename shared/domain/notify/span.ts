import { spanText } from '../approval/text.ts';

/** A span for people, as exact as matters: `45s`, `12m`, `3h20m`. */
export function roughSpan(ms: number): string {
  const unit = ms < 60_000 ? 1_000 : 60_000;
  return spanText(Math.floor(Math.max(0, ms) / unit) * unit);
}
