import { cronerCron } from '../../cron/croner.ts';
import { DEFAULT_NODE_TAKES_MS } from '../../domain/durations/node-takes.ts';
import { dayOfDate } from '../../domain/time/day.ts';
import { openSpans } from '../../domain/window/spans.ts';
import type { Calendars } from '../calendar/calendars.ts';
import { layersOf, nearest } from '../compile/layers.ts';
import { compileWindow, type FreezeFile, type WindowFile } from '../compile/window.ts';
import { fill } from '../option.ts';
import type { Finding, Path } from '../problem.ts';
import type { FleetFile } from '../schema/fleet.ts';
import { windowPolicyTable } from '../schema/policy.ts';

/** Any year will do, as long as every n-th weekday comes in it. */
const YEAR = { fromMs: Date.UTC(2026, 0, 1), toMs: Date.UTC(2027, 0, 1) };
const BY_CLOCK = ['days', 'weeks', 'from', 'to'] as const;

/** Windows and freezes that say too little or too much, and windows of which none is long enough for a node. */
export function checkWindows(file: FleetFile, calendars: Calendars): Finding[] {
  const findings = Object.keys(file.clusters).flatMap(cluster => {
    const layers = layersOf(file, cluster, 'policy');
    const waves = nearest(file, cluster, 'waves');
    const places: Place[] = [
      ...layers.map(({ path, value }) => ({ path: [...path, 'windows'], windows: value.windows })),
      ...(waves?.value ?? []).map((wave, at) => ({
        path: [...(waves?.path ?? []), at, 'windows'],
        windows: wave.windows,
      })),
    ];
    const wrong = places.flatMap(checkRules);
    return [
      ...layers.flatMap(({ path, value }) => checkFreezes([...path, 'freezes'], value.freezes, calendars)),
      ...wrong,
      ...(wrong.length === 0 ? checkLength(layers, places) : []),
    ];
  });
  // What is wrong in `defaults` is so for every cluster.
  const seen = new Set<string>();
  return findings.filter(({ path }) => !seen.has(JSON.stringify(path)) && seen.add(JSON.stringify(path)));
}

type PolicyFile = NonNullable<FleetFile['clusters'][string]['policy']>;

/** A list of windows, and where it stands. */
interface Place {
  readonly path: Path;
  readonly windows: readonly WindowFile[] | undefined;
}

function checkRules({ path, windows = [] }: Place): Finding[] {
  return windows.flatMap((window, index): Finding[] => {
    const at = [...path, index];
    const { cron, for: length, timeZone } = window;
    const clock = BY_CLOCK.filter(key => window[key] !== undefined);
    const whole = cron === undefined ? window.from !== undefined && window.to !== undefined : length !== undefined;
    const mixed = cron === undefined ? length !== undefined : clock.length > 0;
    if (!whole || mixed) {
      const message = 'a window is said either by from and to (with days and weeks), or by cron and for';
      return [{ code: 'window-kind', path: at, message }];
    }
    const trouble = cron === undefined ? null : cronerCron.trouble(cron, timeZone);
    return trouble === null ? [] : [{ code: 'cron', path: [...at, 'cron'], message: `"${cron}": ${trouble}` }];
  });
}

function checkFreezes(base: Path, freezes: readonly FreezeFile[] = [], calendars: Calendars): Finding[] {
  return freezes.flatMap(({ from, to, calendarFile, timeZone, why = '' }, index): Finding[] => {
    const path = [...base, index];
    const days = [from, to].filter(day => day !== undefined).length;
    if (days !== (calendarFile === undefined ? 2 : 0)) {
      return [{ code: 'freeze-kind', path, message: 'a freeze is said either by from and to, or by calendarFile' }];
    }
    if (calendarFile !== undefined) {
      const { trouble } = calendars.read(calendarFile, timeZone, why);
      return trouble === '' ? [] : [{ code: 'calendar-file', path: [...path, 'calendarFile'], message: trouble }];
    }
    if ((dayOfDate(to ?? '') ?? 0) >= (dayOfDate(from ?? '') ?? 0)) return [];
    const message = `the freeze ends on ${to}, before it begins on ${from}`;
    return [{ code: 'freeze-order', path: [...path, 'to'], message }];
  });
}

function checkLength(
  layers: readonly { readonly path: Path; readonly value: PolicyFile }[],
  places: readonly Place[],
): Finding[] {
  const { nodeTakes } = fill(
    windowPolicyTable,
    layers.map(({ value }) => value),
  );
  const takesMs = nodeTakes === 'auto' ? DEFAULT_NODE_TAKES_MS : nodeTakes.ms;
  const about: Path[] = layers.map(({ path }): Path => [...path, 'nodeTakes']);
  const ofCluster = places.slice(0, layers.length).findLast(({ windows }) => windows !== undefined);
  return [...(ofCluster ? [ofCluster] : []), ...places.slice(layers.length)].flatMap(({ path, windows = [] }) => {
    if (windows.length === 0) return [];
    const longestMs = longestOf(windows);
    if (longestMs >= takesMs) return [];
    const message = `the longest window lasts ${longestMs / 60_000} min, but a node begins only where nodeTakes, ${takesMs / 60_000} min, are left: none would ever begin; lengthen it or lower nodeTakes`;
    return [{ code: 'windows-too-short', path, message, about }];
  });
}

/** Those of cron may not come in that year. */
function longestOf(windows: readonly WindowFile[]): number {
  const rules = windows.map(compileWindow);
  const spans = openSpans({ rules, freezes: [] }, YEAR, cronerCron);
  const ofCron = rules.map(rule => (rule.kind === 'cron' ? rule.forMs : 0));
  return Math.max(...ofCron, ...spans.map(span => span.toMs - span.fromMs));
}
