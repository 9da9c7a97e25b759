import type { z } from 'zod';
import { fill } from '../option.ts';
import type { Path } from '../problem.ts';
import { limitsTable } from '../schema/limits.ts';
import type { rolePolicySchema } from '../schema/policy.ts';

/** One place that says something about the treatment of nodes. */
export interface Place {
  readonly path: Path;
  readonly value: z.output<typeof rolePolicySchema>;
}

/** The limits of a step that count. `places`: general first. */
export function limitsOf(
  places: readonly Place[],
  step: 'drain' | 'upgrade' | 'check-reboot' | 'reboot' | 'verify' | 'uncordon',
) {
  return fill(
    limitsTable(step),
    places.map(place => place.value.steps?.[step]),
  );
}

/** Where the value that counts is written; empty: nowhere. */
export function placeOf(places: readonly Place[], ...keys: string[]): Path {
  const place = places.findLast(({ value }) => {
    let inner: unknown = value;
    for (const key of keys) inner = (inner as Record<string, unknown> | undefined)?.[key];
    return inner !== undefined;
  });
  return place ? [...place.path, ...keys] : [];
}

/** The same keys in every place. */
export function aboutOf(places: readonly Place[], keys: readonly string[]): Path[] {
  return places.map(place => [...place.path, ...keys]);
}
