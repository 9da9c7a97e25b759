import { nearest } from '../compile/layers.ts';
import { type Finding, type Path, showPath } from '../problem.ts';
import type { WaveFile } from '../schema/cluster.ts';
import type { FleetFile } from '../schema/fleet.ts';

/** Every cluster has waves, and no sequence is in two. */
export function checkWaves(file: FleetFile): Finding[] {
  const findings = Object.keys(file.clusters).flatMap(cluster => {
    const waves = nearest(file, cluster, 'waves');
    return waves ? checkList(waves.value, waves.path) : [withoutWaves(cluster)];
  });
  return findings;
}

function checkList(waves: readonly WaveFile[], base: Path): Finding[] {
  const findings: Finding[] = [];
  const seen = new Map<number, Path>();
  for (const [index, wave] of waves.entries()) {
    for (const [position, sequence] of wave.sequences.entries()) {
      const path: Path = [...base, index, 'sequences', position];
      const other = seen.get(sequence);
      if (!other) seen.set(sequence, path);
      else {
        const message = `sequence ${sequence} is already in a wave, at ${showPath(other)}; a sequence goes once`;
        findings.push({ code: 'sequence-in-two-waves', path, message });
      }
    }
  }
  return findings;
}

function withoutWaves(cluster: string): Finding {
  const about: Path[] = [
    ['clusters', cluster, 'waves'],
    ['defaults', 'waves'],
  ];
  const message = 'has no waves; add waves: [{sequences: [1]}] here or under defaults';
  return { code: 'no-waves', path: ['clusters', cluster], points: 'key', message, about };
}
