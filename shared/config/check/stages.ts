import { closest } from '../../domain/text.ts';
import { type Finding, type Path, showPath } from '../problem.ts';
import type { FleetFile } from '../schema/fleet.ts';

/** Every cluster stands in exactly one stage, and no two stages have one name. `clusters`: all names in the file. */
export function checkStages(file: FleetFile, clusters: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  const stages = new Map<string, Path>();
  const placed = new Map<string, Path>();
  for (const [index, stage] of file.stages.entries()) {
    const path: Path = ['stages', index, 'name'];
    const other = stages.get(stage.name);
    if (other) findings.push(repeated('stage-twice', path, `stage "${stage.name}" is already at ${showPath(other)}`));
    else stages.set(stage.name, path);
    for (const [position, cluster] of stage.clusters.entries()) {
      findings.push(...checkMember(cluster, ['stages', index, 'clusters', position], clusters, placed));
    }
  }
  return [...findings, ...clusters.filter(name => !placed.has(name)).map(withoutStage)];
}

function checkMember(cluster: string, path: Path, known: readonly string[], placed: Map<string, Path>): Finding[] {
  const other = placed.get(cluster);
  if (other) {
    return [
      repeated('cluster-in-two-stages', path, `cluster "${cluster}" is already in a stage, at ${showPath(other)}`),
    ];
  }
  placed.set(cluster, path);
  if (known.includes(cluster)) return [];
  const meant = closest(cluster, known);
  const hint = meant === undefined ? `the clusters are ${known.join(', ')}` : `did you mean "${meant}"?`;
  return [{ code: 'unknown-cluster', path, message: `there is no cluster "${cluster}"; ${hint}` }];
}

function withoutStage(name: string): Finding {
  const message = `cluster "${name}" is in no stage, so it would never be upgraded; name it in one stage`;
  return { code: 'cluster-in-no-stage', path: ['clusters', name], points: 'key', message, about: [['stages']] };
}

function repeated(code: string, path: Path, message: string): Finding {
  return { code, path, message: `${message}; name it once` };
}
