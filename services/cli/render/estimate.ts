import type { ClusterEstimate, Estimate, Left } from '../../../shared/domain/estimate/estimate.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { type Paint, painter } from './paint.ts';
import { pad, width as textWidth, wrap } from './text.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How an estimate is shown. `timeZone` missing: the local one. */
export interface EstimateView {
  readonly width: number;
  readonly color: boolean;
  readonly nowMs: number;
  readonly timeZone?: string;
}

type When = Pick<EstimateView, 'nowMs' | 'timeZone'>;

/** The estimate below a plan: the whole, each cluster with its waves, and what it is made from. */
export function renderEstimate(plan: Plan, made: Estimate, view: EstimateView): string {
  const paint: Paint = painter(view.color);
  const whole = `${about(made.leftMs)}${untilText(made, view)}`;
  const names = Math.min(30, Math.max(...made.clusters.map(({ name }) => textWidth(name))));
  const lines = [`${paint('strong', 'Estimate, if it begins now')}: ${whole}`];
  for (const cluster of made.clusters) {
    const [first = '', ...rest] = wrap(clusterText(plan, cluster, view), Math.max(20, view.width - names - 4));
    lines.push(`  ${pad(cluster.name, names)}  ${first}`, ...rest.map(each => `${' '.repeat(names + 4)}${each}`));
  }
  const basis = wrap(basisText(made), Math.max(20, view.width - 2));
  return [...lines, ...basis.map(each => paint('dim', `  ${each}`))].join('\n');
}

/** One line for a rollout under way: what is left, until when, and which cluster the windows hold up. */
export function leftText(made: Estimate, when: When): string {
  const held = made.clusters.find(({ heldUp }) => heldUp !== null && heldUp === made.heldUp);
  const closing = made.clusters.filter(({ closesAtMs, heldUp }) => closesAtMs !== null && heldUp === null);
  const [soonest] = closing.sort((a, b) => (a.closesAtMs ?? 0) - (b.closesAtMs ?? 0));
  const of = held ?? soonest;
  const where = made.clusters.length > 1 && of ? `${of.name}: ` : '';
  const window = of ? windowText(of, when) : '';
  const text = `${about(made.leftMs)} left${endText(made, when)}`;
  return [text, ...(window === '' ? [] : [`${where}${window}`]), basisNote(made)].filter(Boolean).join('; ');
}

/** `about 2 h 10 min`. */
export function about(ms: number): string {
  return `about ${spanText(ms)}`;
}

function clusterText(plan: Plan, cluster: ClusterEstimate, view: EstimateView): string {
  const total = plan.stages.flatMap(stage => stage.clusters).find(({ name }) => name === cluster.name)?.waves.length;
  const waves = cluster.waves.map(wave => `wave ${wave.index + 1} ${spanText(wave.leftMs)}`).join(', ');
  const parts = [about(cluster.leftMs), ...(total === 1 ? [] : [`(${waves})`])].join(' ');
  return `${parts}${untilText(cluster, view)}`;
}

function untilText(left: Left & { readonly closesAtMs?: number | null }, when: When): string {
  const window = windowText({ ...left, closesAtMs: left.closesAtMs ?? null }, when);
  return `${endText(left, when)}${window === '' ? '' : `; ${window}`}`;
}

function endText({ endsAtMs }: Left, when: When): string {
  return endsAtMs === null ? '' : `, until ${moment(endsAtMs, when)}`;
}

function windowText({ heldUp, closesAtMs }: Pick<ClusterEstimate, 'heldUp' | 'closesAtMs'>, when: When): string {
  if (heldUp === null) return closesAtMs === null ? '' : `the window closes ${moment(closesAtMs, when)}`;
  if (heldUp.toMs === null) return 'no window that is long enough is to come';
  const opens = moment(heldUp.toMs, when);
  if (heldUp.fromMs <= when.nowMs) return `the window opens ${opens}`;
  return `does not fit: goes on in the next window, ${opens}`;
}

function basisText(made: Estimate): string {
  const rest = 'approvals, gates and failures come on top';
  if (made.guessed === 0) return `By what such nodes took before; ${rest}.`;
  const guess = made.guessMs === null ? 'by the settings' : `with ${spanText(made.guessMs)} a node`;
  if (made.known === 0) return `No history yet: reckoned ${guess}; ${rest}.`;
  return `By what such nodes took before; no history yet of ${made.guessed} of ${made.known + made.guessed} nodes, reckoned ${guess}; ${rest}.`;
}

function basisNote({ guessed, guessMs }: Estimate): string {
  if (guessed === 0) return '';
  return guessMs === null ? 'no history yet' : `no history yet: with ${spanText(guessMs)} a node`;
}

/** Rounded as people would: nobody knows it to the second. */
function spanText(ms: number): string {
  if (ms < MINUTE_MS / 2) return '0 min';
  const step = ms < HOUR_MS ? MINUTE_MS : ms < DAY_MS ? 5 * MINUTE_MS : HOUR_MS;
  const round = Math.max(MINUTE_MS, Math.round(ms / step) * step);
  const [days, hours, minutes] = [round / DAY_MS, (round % DAY_MS) / HOUR_MS, (round % HOUR_MS) / MINUTE_MS];
  const units = [
    [Math.floor(days), 'd'],
    [Math.floor(hours), 'h'],
    [Math.floor(minutes), 'min'],
  ] as const;
  return units
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** `03:40` today, `Sat 22:00` within a week, `Sat 2026-12-05 22:00` else. */
export function moment(ms: number, { nowMs, timeZone }: When): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  const format = (at: number, options: Intl.DateTimeFormatOptions, locale = 'sv-SE') =>
    new Intl.DateTimeFormat(locale, { ...options, ...zone }).format(at);
  const date = (at: number) => format(at, { dateStyle: 'short' });
  const time = format(ms, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  if (date(ms) === date(nowMs)) return time;
  const weekday = format(ms, { weekday: 'short' }, 'en-GB');
  return Math.abs(ms - nowMs) < 6 * DAY_MS ? `${weekday} ${time}` : `${weekday} ${date(ms)} ${time}`;
}
