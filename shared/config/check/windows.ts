import { dayOfDate } from '../../domain/time/day.ts';
import { openSpans } from '../../domain/window/spans.ts';
import { layersOf } from '../compile/layers.ts';
import { compileWindow } from '../compile/window.ts';
import { fill } from '../option.ts';
import type { Finding, Path } from '../problem.ts';
import type { FleetFile } from '../schema/fleet.ts';
import { windowPolicyTable } from '../schema/policy.ts';

/** Any year will do, as long as every n-th weekday comes in it. */
const YEAR = { fromMs: Date.UTC(2026, 0, 1), toMs: Date.UTC(2027, 0, 1) };

/** Freezes that end before they begin, and windows of which none is long enough for a node. */
export function checkWindows(file: FleetFile): Finding[] {
  const findings = Object.keys(file.clusters).flatMap(cluster => {
    const layers = layersOf(file, cluster, 'policy');
    return [
      ...layers.flatMap(({ path, value }) => checkFreezes([...path, 'freezes'], value.freezes)),
      ...checkLength(layers),
    ];
  });
  // What is wrong in `defaults` is so for every cluster.
  const seen = new Set<string>();
  return findings.filter(({ path }) => !seen.has(JSON.stringify(path)) && seen.add(JSON.stringify(path)));
}

type PolicyFile = NonNullable<FleetFile['clusters'][string]['policy']>;

function checkFreezes(base: Path, freezes: PolicyFile['freezes'] = []): Finding[] {
  return freezes.flatMap(({ from, to }, index): Finding[] => {
    if ((dayOfDate(to) ?? 0) >= (dayOfDate(from) ?? 0)) return [];
    const message = `the freeze ends on ${to}, before it begins on ${from}`;
    return [{ code: 'freeze-order', path: [...base, index, 'to'], message }];
  });
}

function checkLength(layers: readonly { readonly path: Path; readonly value: PolicyFile }[]): Finding[] {
  const { windows, nodeTakes } = fill(
    windowPolicyTable,
    layers.map(({ value }) => value),
  );
  if (windows.length === 0) return [];
  const policy = { rules: windows.map(compileWindow), freezes: [], nodeTakesMs: nodeTakes.ms };
  const longestMs = Math.max(...openSpans(policy, YEAR).map(span => span.toMs - span.fromMs));
  if (longestMs >= nodeTakes.ms) return [];
  const layer = layers.findLast(({ value }) => value.windows !== undefined);
  const message = `the longest window lasts ${longestMs / 60_000} min, but a node begins only where nodeTakes, ${nodeTakes.ms / 60_000} min, are left: none would ever begin; lengthen it or lower nodeTakes`;
  const about: Path[] = layers.map(({ path }): Path => [...path, 'nodeTakes']);
  return [{ code: 'windows-too-short', path: [...(layer?.path ?? []), 'windows'], message, about }];
}
