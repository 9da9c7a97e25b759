import { fail } from '../../domain/failures/catalogue.ts';
import type { PreflightFacts } from '../../domain/preflight/facts.ts';
import { SnapshotResources } from './resources.ts';
import { claimTerms } from './volumes.ts';

/** One file of a snapshot. */
export interface SnapshotFile {
  /** For people. */
  readonly name: string;
  readonly bytes: Buffer;
  readonly writtenAtMs: number;
}

/** A cluster as some files show it. */
export interface Snapshot {
  readonly facts: PreflightFacts;
  /** What a person should know: what is not in the files, so that it was not judged. */
  readonly notes: readonly string[];
}

/**
 * Reads what `kubectl get nodes,pods,pdb,… -A -o json` printed; several files of one cluster are taken together.
 * @throws StepError `snapshot-unreadable`
 */
export function readSnapshot(files: readonly SnapshotFile[]): Snapshot {
  const resources = new SnapshotResources();
  const names = files.map(file => file.name).join(', ');
  for (const { name, bytes } of files) {
    try {
      resources.read(bytes);
    } catch (cause) {
      throw fail('snapshot-unreadable', { message: `${name} is no snapshot: ${(cause as Error).message}`, cause });
    }
  }
  const { nodes, pods, budgets, daemonSets, volumes, claims, kinds } = resources;
  const missing = [...(nodes.size === 0 ? ['Nodes'] : []), ...(pods.size === 0 ? ['Pods'] : [])];
  if (missing.length > 0) {
    throw fail('snapshot-unreadable', { message: `${names} is no snapshot: it holds no ${missing.join(' and no ')}` });
  }
  return {
    facts: {
      nodes: [...nodes.values()],
      pods: [...pods.values()],
      budgets: [...budgets.values()],
      daemonSets: kinds.has('DaemonSet') ? daemonSets : null,
      claims: claimTerms(volumes, claims),
      seenAtMs: Math.max(...files.map(file => file.writtenAtMs)),
    },
    notes: notesOn(names, resources),
  };
}

function notesOn(names: string, { kinds, pods }: SnapshotResources): string[] {
  const notes: string[] = [];
  if (!kinds.has('PodDisruptionBudget')) notes.push(`${names} holds no PodDisruptionBudget: none was judged`);
  const isAsked = [...pods.values()].some(pod => pod.claims.length > 0);
  const known = kinds.has('PersistentVolume') && kinds.has('PersistentVolumeClaim');
  if (isAsked && !known)
    notes.push(`${names} lacks PersistentVolumes or their claims: where volumes are was not judged`);
  return notes;
}
