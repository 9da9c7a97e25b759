import type { V1PersistentVolume, V1PersistentVolumeClaim } from '@kubernetes/client-node';
import type { NodeTerm } from '../../domain/placement.ts';
import { nodeTerm } from '../placement.ts';

/** Where the volumes behind claims can be reached; claims whose volume says nothing of nodes, or is not known, are left out. */
export function claimTerms(
  volumes: readonly V1PersistentVolume[],
  claims: readonly V1PersistentVolumeClaim[],
): Map<string, readonly NodeTerm[]> {
  const byName = new Map<string, readonly NodeTerm[]>();
  for (const { metadata, spec } of volumes) {
    const terms = spec?.nodeAffinity?.required?.nodeSelectorTerms;
    if (terms && metadata?.name !== undefined) byName.set(metadata.name, terms.map(nodeTerm));
  }
  const found = new Map<string, readonly NodeTerm[]>();
  for (const { metadata, spec } of claims) {
    const terms = byName.get(spec?.volumeName ?? '');
    if (terms) found.set(`${metadata?.namespace}/${metadata?.name}`, terms);
  }
  return found;
}
