import type { SystemImage } from './proof.ts';

interface Deployment {
  readonly booted?: boolean;
  readonly checksum?: string;
  /** Tells deployments of one commit apart (other kernel arguments). */
  readonly serial?: number;
  readonly version?: string;
}

/**
 * The image that runs, and the one the next boot starts (the first deployment), from `rpm-ostree status --json`; null: it
 * does not say.
 */
export function readOstreeStatus(stdout: string): { booted: SystemImage; next: SystemImage } | null {
  try {
    const { deployments } = JSON.parse(stdout) as { deployments?: readonly Deployment[] };
    const booted = deployments?.find(each => each.booted === true);
    const [next] = deployments ?? [];
    return booted && next ? { booted: imageOf(booted), next: imageOf(next) } : null;
  } catch {
    return null;
  }
}

function imageOf({ checksum = '', serial = 0, version = '' }: Deployment): SystemImage {
  const short = checksum.slice(0, 10);
  return { id: `${checksum}.${serial}`, name: version === '' ? short : `${version} (${short})` };
}
