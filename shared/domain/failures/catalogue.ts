import { type Failure, StepError } from '../failure.ts';
import { cleanAll, cleanText, cutMiddle } from '../output.ts';
import { clip } from '../text.ts';
import { API_FAILURES } from './api.ts';
import { CLUSTER_FAILURES } from './cluster.ts';
import { CONTROL_FAILURES } from './control.ts';
import { ENGINE_FAILURES } from './engine.ts';
import { GATE_FAILURES } from './gates.ts';
import { HOOK_FAILURES } from './hooks.ts';
import { HOST_FAILURES } from './host.ts';
import { NOTIFY_FAILURES } from './notify.ts';
import { PACKAGE_FAILURES } from './packages.ts';
import { PROBE_FAILURES } from './probe.ts';
import { REDIS_FAILURES } from './redis.ts';
import { STEP_FAILURES } from './steps.ts';

/** Every failure there is: each code stands here once; docs/failures.md is compared with it by a test. */
export const FAILURES = {
  ...HOST_FAILURES,
  ...CLUSTER_FAILURES,
  ...CONTROL_FAILURES,
  ...PROBE_FAILURES,
  ...NOTIFY_FAILURES,
  ...PACKAGE_FAILURES,
  ...STEP_FAILURES,
  ...GATE_FAILURES,
  ...HOOK_FAILURES,
  ...ENGINE_FAILURES,
  ...API_FAILURES,
  ...REDIS_FAILURES,
} as const;

/** The code of a failure in the catalogue. */
export type FailureCode = keyof typeof FAILURES;

/** Most of what was seen that a failure keeps, characters; of its message. */
const SEEN_CHARS = 8_000;
const MESSAGE_CHARS = 1_000;

/**
 * A StepError of the catalogue; `details` says what was seen this time. Its texts may come from anywhere: they are cleaned
 * of control characters here, the message is one line, and what is too long is cut.
 */
export function fail(
  code: FailureCode,
  details: {
    readonly message: string;
    readonly seen?: string;
    readonly account?: readonly string[];
    readonly leftAs?: string;
    /** Better advice than the catalogue's. */
    readonly todo?: string;
    readonly retryAfterMs?: number;
    readonly cause?: unknown;
  },
): StepError {
  const { cause, seen, ...rest } = details;
  const entry = FAILURES[code];
  const failure: Failure = {
    todo: entry.todo,
    ...cleanAll(rest),
    message: clip(rest.message, MESSAGE_CHARS),
    ...(seen === undefined ? {} : { seen: cutMiddle(cleanText(seen), SEEN_CHARS) }),
    code,
    retryable: entry.retryable,
  };
  return new StepError(failure, cause === undefined ? undefined : { cause });
}
