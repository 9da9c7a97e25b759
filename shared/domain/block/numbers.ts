import type { PdbView } from '../facts.ts';
import { labelSelectorText } from '../label-selector.ts';
import type { BudgetNumbers } from './block.ts';

/** A budget's numbers as plain data. */
export function numbersOf(budget: PdbView): BudgetNumbers {
  const { name, selector, currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed } = budget;
  return {
    name,
    rule: ruleText(budget),
    healthy: currentHealthy,
    needed: desiredHealthy,
    expected: expectedPods,
    allowed: disruptionsAllowed,
    selector: selector === null ? null : labelSelectorText(selector),
  };
}

/** `1 of 2 healthy, 2 needed`: short enough for a line. */
export function numbersText({ currentHealthy, desiredHealthy, expectedPods }: PdbView): string {
  return `${currentHealthy} of ${expectedPods} healthy, ${desiredHealthy} needed`;
}

function ruleText({ minAvailable, maxUnavailable }: PdbView): string {
  if (maxUnavailable !== null) return `maxUnavailable ${maxUnavailable}`;
  return minAvailable === null ? '' : `minAvailable ${minAvailable}`;
}
