import type { HttpAuth } from '../http-auth.ts';
import type { SecretRef } from '../plan.ts';
import type { HttpTls } from '../user-check.ts';

/** A monitoring server a gate asks, from the machine nodetide runs on and never through a proxy. */
export interface GateServer {
  /** Under which its API is found. */
  readonly url: string;
  /** null: as nobody. */
  readonly auth: HttpAuth | null;
  readonly headers: Readonly<Record<string, string | SecretRef>>;
  readonly tls: HttpTls;
}
