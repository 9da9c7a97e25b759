import type { HttpAuth } from '../domain/http-auth.ts';
import type { SecretRef } from '../domain/plan.ts';
import type { HttpTls } from '../domain/user-check.ts';

/** A question to an HTTP server, sent from the machine nodetide runs on and never through a proxy. */
export interface HttpProbe {
  /** `http:` or `https:`, without user and password. */
  readonly url: URL;
  readonly method: 'GET' | 'HEAD';
  /** Secrets are read when the request is sent, and sent to this server alone. */
  readonly headers: Readonly<Record<string, string | SecretRef>>;
  /** As whom; takes the place of a header Authorization. Missing: as nobody. */
  readonly auth?: HttpAuth | null;
  /** Most redirects to follow; never from https to http. */
  readonly redirects: number;
  readonly tls: HttpTls;
  /** Missing: 64 KiB. */
  readonly mostBodyBytes?: number;
}

/** What a server answered. */
export interface HttpAnswer {
  readonly status: number;
  /** Its beginning as UTF-8, the secrets of the request masked. */
  readonly body: string;
  /** Whether there was more. */
  readonly isCut: boolean;
}

/** Looks at things from outside. */
export interface Probes {
  /**
   * Any answer is a result. Throws StepError `probe-no-answer` (retryable), `probe-settings` when a secret or a CA file
   * cannot be read, or the signal's reason.
   */
  http(probe: HttpProbe, signal: AbortSignal): Promise<HttpAnswer>;
}
