import type { ClusterEstimate, Estimate, Left } from '../../../shared/domain/estimate/estimate.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { about, endText, leftSpan, type When, windowText } from '../../../shared/domain/words/estimate.ts';
import { type Paint, painter } from './paint.ts';
import { pad, width as textWidth, wrap } from './text.ts';

/** How an estimate is shown. `timeZone` missing: the local one. */
export interface EstimateView {
  readonly width: number;
  readonly color: boolean;
  readonly nowMs: number;
  readonly timeZone?: string;
}

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

function clusterText(plan: Plan, cluster: ClusterEstimate, view: EstimateView): string {
  const total = plan.stages.flatMap(stage => stage.clusters).find(({ name }) => name === cluster.name)?.waves.length;
  const waves = cluster.waves.map(wave => `wave ${wave.index + 1} ${leftSpan(wave.leftMs)}`).join(', ');
  const parts = [about(cluster.leftMs), ...(total === 1 ? [] : [`(${waves})`])].join(' ');
  return `${parts}${untilText(cluster, view)}`;
}

function untilText(left: Left & { readonly closesAtMs?: number | null }, when: When): string {
  const window = windowText({ ...left, closesAtMs: left.closesAtMs ?? null }, when);
  return `${endText(left, when)}${window === '' ? '' : `; ${window}`}`;
}

function basisText(made: Estimate): string {
  const rest = 'approvals, gates and failures come on top';
  if (made.guessed === 0) return `By what such nodes took before; ${rest}.`;
  const guess = made.guessMs === null ? 'by the settings' : `with ${leftSpan(made.guessMs)} a node`;
  if (made.known === 0) return `No history yet: reckoned ${guess}; ${rest}.`;
  return `By what such nodes took before; no history yet of ${made.guessed} of ${made.known + made.guessed} nodes, reckoned ${guess}; ${rest}.`;
}
