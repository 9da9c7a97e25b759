import type { Estimate } from '../../../shared/domain/estimate/estimate.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { renderEstimate } from '../render/estimate.ts';
import { renderPlan } from '../render/plan.ts';
import type { Wiring } from '../wiring.ts';

/** Prints a plan, with what is due on its nodes (by `cluster/node`), and how long it would take where that is known. */
export function showPlan(
  { terminal, clock }: Wiring,
  plan: Plan,
  left: Estimate | null,
  due: Readonly<Record<string, string>> = {},
): void {
  const view = { width: terminal.size().columns, color: terminal.colour };
  const dueOf = (node: { cluster: string; name: string }) => due[`${node.cluster}/${node.name}`] ?? '';
  terminal.out(renderPlan(plan, { ...view, due: dueOf }));
  if (left) terminal.out(`\n${renderEstimate(plan, left, { ...view, nowMs: clock.now() })}`);
}
