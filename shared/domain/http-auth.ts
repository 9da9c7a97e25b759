import type { SecretRef } from './plan.ts';

/** As whom an HTTP server is asked. */
export type HttpAuth =
  | { readonly kind: 'bearer'; readonly token: SecretRef }
  | { readonly kind: 'basic'; readonly user: string; readonly password: SecretRef };
