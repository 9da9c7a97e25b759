import { failureOf } from '../../../shared/domain/failure.ts';

/** How a check came out. `unreachable`: it could not be asked at all. */
export type Verdict = 'ok' | 'warning' | 'failed' | 'unreachable';

/** One check of one cluster or host. */
export interface DoctorFinding {
  readonly verdict: Verdict;
  /** Cluster, or `cluster/node`. */
  readonly where: string;
  readonly check: string;
  readonly detail: string;
  /** What a person can do; empty when nothing is wrong. */
  readonly todo: string;
}

/** Clocks further apart than this are told; ms. Certificates, leases and deadlines of orders are judged by them. */
export const SKEW_WARNING_MS = 2_000;
/** Orders to a host expire by its own clock: further apart, they would be refused; ms. */
export const SKEW_FAILED_MS = 30_000;

/** A finding without anything to do. */
export function fine(where: string, check: string, detail: string): DoctorFinding {
  return { verdict: 'ok', where, check, detail, todo: '' };
}

/** The finding an error stands for; failures to reach something are `unreachable`. */
export function findingOf(where: string, check: string, error: unknown): DoctorFinding {
  const { code, message, seen, todo } = failureOf(error);
  const unreachable = /-(unreachable|timeout|refused-connection|name-not-found|connection-lost)$/.test(code);
  const detail = [message, seen].filter(Boolean).join(': ');
  return { verdict: unreachable ? 'unreachable' : 'failed', where, check, detail, todo: todo ?? '' };
}

/** What the distance of a clock from ours means; it is known to within `unsureMs`, and only what is sure counts. */
export function clockFinding(where: string, skewMs: number, unsureMs = 0): DoctorFinding {
  const away = Math.abs(skewMs) - unsureMs;
  const detail = `${(skewMs / 1000).toFixed(1)} s ${skewMs < 0 ? 'behind' : 'ahead of'} ours`.replace('-', '');
  if (away <= SKEW_WARNING_MS) return fine(where, 'clock', detail);
  const verdict = away > SKEW_FAILED_MS ? 'failed' : 'warning';
  return { verdict, where, check: 'clock', detail, todo: 'Set the clocks by NTP, here and there.' };
}
