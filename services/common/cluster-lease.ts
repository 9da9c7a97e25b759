import type { Holder } from './node-lease.ts';

/** Name of the Lease that says which installation and rollout works on a cluster. */
export const LEASE_NAME = 'nodetide';

/** How a holder is written into the Lease of a cluster. */
export function clusterLeaseHolder({ installation, rollout }: Holder): string {
  return `${installation}/${rollout}`;
}
