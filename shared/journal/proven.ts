import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { ProvenAt } from '../ports/engine-store.ts';

/** The name of the set that holds what a stage proved for a group. */
export function placeOf({ stage, group }: ProvenAt): string {
  return `${stage}/${group}`;
}

/** A member that says that all these entries are there: hosts of a kind mostly have the same. No entry begins with `#`. */
export function digestOf(entries: readonly string[]): string {
  return `#${createHash('sha256').update(entries.join('\n')).digest('hex')}`;
}

/** What the stages before `at.stage` proved for its group, and all groups they proved. `sets`: see RolloutKeys. */
export async function readProvenBefore(
  redis: Redis,
  sets: string,
  at: ProvenAt,
): Promise<{ entries: string[]; groups: string[] }> {
  const places = (await redis.smembers(`${sets}proven`)).filter(place => Number.parseInt(place, 10) < at.stage);
  const ours = places.filter(place => groupOf(place) === at.group).map(place => `${sets}proven:${place}`);
  const members = ours.length === 0 ? [] : await redis.sunion(...ours);
  const groups = [...new Set(places.map(groupOf))].sort();
  return { entries: members.filter(member => !member.startsWith('#')), groups };
}

function groupOf(place: string): string {
  return place.slice(place.indexOf('/') + 1);
}
