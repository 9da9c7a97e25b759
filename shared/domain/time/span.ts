/** The instants from `fromMs` on and before `toMs`, ms since the epoch. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The same instants as `spans` hold together: in order, none empty, none touching another. */
export function union(spans: readonly Span[]): Span[] {
  const found: { fromMs: number; toMs: number }[] = [];
  for (const { fromMs, toMs } of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = found.at(-1);
    if (toMs <= fromMs) continue;
    if (last && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else found.push({ fromMs, toMs });
  }
  return found;
}

/** The instants of `spans` that are in none of `others`, as {@link union} gives them. */
export function without(spans: readonly Span[], others: readonly Span[]): Span[] {
  const gone = union(others);
  return union(spans).flatMap(span => {
    const left: Span[] = [];
    let { fromMs } = span;
    for (const other of gone) {
      if (other.toMs <= fromMs || other.fromMs >= span.toMs) continue;
      if (other.fromMs > fromMs) left.push({ fromMs, toMs: other.fromMs });
      fromMs = other.toMs;
    }
    return fromMs < span.toMs ? [...left, { fromMs, toMs: span.toMs }] : left;
  });
}

/** The instants that both hold. */
export function common(a: Span, b: Span): Span {
  return { fromMs: Math.max(a.fromMs, b.fromMs), toMs: Math.min(a.toMs, b.toMs) };
}
