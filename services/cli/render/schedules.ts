import type { StartRecord, StoredSchedule } from '../../../shared/domain/schedule.ts';
import { dateTime, duration } from '../../../shared/domain/time/show.ts';
import type { RolloutSummary } from '../../../shared/ports/store.ts';
import type { ScheduleSummary } from '../../common/schedules.ts';
import { type Paint, painter } from './paint.ts';
import { oneLine, wrap } from './text.ts';

/** How schedules are shown. */
export interface ScheduleView {
  readonly width: number;
  readonly colour: boolean;
  /** Default: only the last of each. */
  readonly allStarts?: boolean;
}

const INDENT = '         ';

/** Each schedule with its next start, its last, and what came of it. Times are those of its zone. */
export function renderSchedules(
  all: readonly ScheduleSummary[],
  rollouts: ReadonlyMap<string, RolloutSummary>,
  view: ScheduleView,
): string[] {
  const paint = painter(view.colour);
  return all.flatMap(({ schedule, nextMs, starts }) => {
    const shown = view.allStarts ? starts : starts.slice(0, 1);
    const past = shown.flatMap(start => startLines(schedule, start, rollouts, view, paint));
    return [
      ...titleLines(schedule, view, paint),
      `  next   ${nextMs === null ? 'never' : minute(nextMs, schedule.zone)}`,
      ...(past.length > 0 ? past : ['  last   never']),
    ];
  });
}

function titleLines(schedule: StoredSchedule, { width }: ScheduleView, paint: Paint): string[] {
  const { name, cron, zone, mode, narrow, policy, overlap, catchUpMs, onlyIf, origin } = schedule;
  const words = [
    `"${cron}" ${zone}`,
    mode,
    ...(narrow.clusters.length > 0 ? [`clusters ${narrow.clusters.join(',')}`] : []),
    ...(narrow.waves.length > 0 ? [`waves ${narrow.waves.join(',')}`] : []),
    ...(narrow.nodes.length > 0 ? [`nodes ${narrow.nodes.join(',')}`] : []),
    ...(narrow.selector === '' ? [] : [`selector ${narrow.selector}`]),
    ...(narrow.limit === null ? [] : [`limit ${narrow.limit}`]),
    ...(onlyIf === null ? [] : [`only if ${onlyIf}`]),
    ...(policy ? ['own policy'] : []),
    ...(overlap === 'skip' ? [] : ['queues']),
    ...(catchUpMs === 0 ? [] : [`catches up ${duration(catchUpMs)}`]),
    ...(origin === 'hand' ? ['added by hand'] : []),
  ];
  const [first = '', ...more] = wrap(`${name}: ${words.join(', ')}`, Math.max(30, width - 2));
  return [first.replace(name, () => paint('strong', name)), ...more.map(line => `  ${line}`)];
}

function startLines(
  { zone }: StoredSchedule,
  start: StartRecord,
  rollouts: ReadonlyMap<string, RolloutSummary>,
  { width }: ScheduleView,
  paint: Paint,
): string[] {
  const by = start.by === '' ? '' : `, by ${start.by}`;
  const { text, bad } = came(start, rollouts);
  const room = Math.max(30, width - INDENT.length);
  const lines = wrap(oneLine(`${minute(start.dueMs, zone)}${by}: ${text}`), room);
  return lines.map((line, at) => `${at === 0 ? '  last   ' : INDENT}${bad ? paint('bad', line) : line}`);
}

function came({ outcome, waitsFor }: StartRecord, rollouts: ReadonlyMap<string, RolloutSummary>) {
  if (!outcome) return { text: waitsFor === '' ? 'begins' : `waits for ${waitsFor}`, bad: false };
  const note = outcome.note === '' ? '' : `: ${outcome.note}`;
  if (outcome.kind !== 'started') {
    const words = {
      nothing: 'nothing to do',
      skipped: 'left out',
      missed: 'missed',
      refused: 'refused',
      failed: 'failed',
    };
    const bad = outcome.kind === 'refused' || outcome.kind === 'failed' || outcome.kind === 'missed';
    return { text: `${words[outcome.kind]}${note}`, bad };
  }
  const rollout = rollouts.get(outcome.rollout);
  const state = rollout ? ` ${rollout.state}, ${rollout.nodes.done}/${rollout.nodes.total} nodes` : '';
  return { text: `rollout ${outcome.rollout}${state}${note}`, bad: (rollout?.nodes.failed ?? 0) > 0 };
}

/** `2026-03-01 02:00 Europe/Berlin` without its seconds. */
function minute(atMs: number, zone: string): string {
  return dateTime(atMs, zone).slice(0, 16);
}
