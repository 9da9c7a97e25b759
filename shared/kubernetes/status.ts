/** What we read of a Kubernetes `Status` object. */
export interface ApiStatus {
  readonly code: number;
  readonly message: string;
  readonly reason: string;
  readonly causes: readonly { readonly reason: string; readonly message: string }[];
  /** From the Retry-After header or `details.retryAfterSeconds`; null: the server did not say. */
  readonly retryAfterMs: number | null;
}

interface RawStatus {
  readonly message?: unknown;
  readonly reason?: unknown;
  readonly details?: { readonly causes?: unknown; readonly retryAfterSeconds?: unknown } | null;
}

/**
 * Reads the Status out of an answer. `body` may be the object, its JSON text (as client-node hands over most errors),
 * plain text (proxies, unknown paths), or nothing (client-node drops the body of a 401).
 */
export function readStatus(code: number, body: unknown, headers: Readonly<Record<string, string>>): ApiStatus {
  const raw = objectOf(body);
  const text = typeof body === 'string' ? body.trim().slice(0, 300) : '';
  return {
    code,
    message: textOf(raw?.message) || text || `HTTP ${code}`,
    reason: textOf(raw?.reason),
    causes: causesOf(raw?.details?.causes),
    retryAfterMs: retryAfter(headers, raw?.details?.retryAfterSeconds),
  };
}

function objectOf(body: unknown): RawStatus | null {
  if (typeof body === 'object') return body;
  if (typeof body !== 'string') return null;
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' ? parsed : null;
  } catch {
    return null;
  }
}

function causesOf(causes: unknown): ApiStatus['causes'] {
  if (!Array.isArray(causes)) return [];
  return causes.map((cause: { reason?: unknown; message?: unknown } | null) => ({
    reason: textOf(cause?.reason),
    message: textOf(cause?.message),
  }));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function retryAfter(headers: Readonly<Record<string, string>>, seconds: unknown): number | null {
  // Kubernetes writes whole seconds only, never an HTTP date.
  const header = Number.parseInt(headers['retry-after'] ?? '', 10);
  if (Number.isFinite(header)) return header * 1000;
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : null;
}
