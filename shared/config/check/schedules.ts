import { cronerCron } from '../../cron/croner.ts';
import type { FleetWave } from '../../domain/fleet.ts';
import { namesWave } from '../../domain/plan-build/narrow.ts';
import { closest } from '../../domain/text.ts';
import { nearest } from '../compile/layers.ts';
import type { Finding, Path } from '../problem.ts';
import type { FleetFile } from '../schema/fleet.ts';
import type { ScheduleFile } from '../schema/schedule.ts';

/** The waves of each cluster; null: not known. */
export type KnownWaves = ReadonlyMap<string, readonly Pick<FleetWave, 'name' | 'sequences'>[] | null>;

/** Expressions that are none, and names that stand for nothing. */
export function checkSchedules(file: FleetFile, clusters: readonly string[]): Finding[] {
  const waves: KnownWaves = new Map(clusters.map(name => [name, wavesOf(file, name)]));
  return Object.entries(file.schedules ?? {}).flatMap(([name, schedule]) =>
    checkSchedule(schedule, ['schedules', name], waves),
  );
}

/** What is wrong with one schedule of a fleet that has these waves. */
export function checkSchedule(schedule: ScheduleFile, base: Path, known: KnownWaves): Finding[] {
  const findings: Finding[] = [];
  const add = (code: string, path: Path, message: string) => findings.push({ code, path: [...base, ...path], message });
  const wrong = cronerCron.trouble(schedule.cron, schedule.timeZone);
  if (wrong !== null) add('cron', ['cron'], `"${schedule.cron}": ${wrong}`);
  const names = [...known.keys()];
  for (const [index, cluster] of (schedule.clusters ?? []).entries()) {
    if (names.includes(cluster)) continue;
    const meant = closest(cluster, names);
    const hint = meant === undefined ? `the clusters are ${names.join(', ')}` : `did you mean "${meant}"?`;
    add('unknown-cluster', ['clusters', index], `there is no cluster "${cluster}"; ${hint}`);
  }
  const meant = names.filter(name => schedule.clusters === undefined || schedule.clusters.includes(name));
  const waves = meant.map(name => known.get(name) ?? null);
  // Of clusters there are none of, nothing is known.
  for (const [index, word] of (meant.length === 0 ? [] : (schedule.waves ?? [])).entries()) {
    // Nodes without a sequence have a wave of their own, which is written nowhere.
    if (word === 'no-sequence' || waves.some(each => each === null || each.some(wave => namesWave(word, wave))))
      continue;
    const all = [...new Set(waves.flatMap(each => (each ?? []).map(wave => wave.name)))];
    add('unknown-wave', ['waves', index], `there is no wave "${word}"; there are ${all.join(', ')}`);
  }
  if (schedule.mode === 'watch' && schedule.onlyIf !== undefined) {
    add('watch-only-if', ['onlyIf'], 'mode watch starts only if reboots are due; leave onlyIf out');
  }
  return findings;
}

function wavesOf(file: FleetFile, cluster: string): readonly Pick<FleetWave, 'name' | 'sequences'>[] | null {
  const layer = nearest(file, cluster, 'waves');
  if (!layer) return null;
  return layer.value.map(({ sequences }) => ({ name: [...sequences].sort((a, b) => a - b).join('+'), sequences }));
}
