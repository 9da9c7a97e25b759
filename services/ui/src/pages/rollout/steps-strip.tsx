import { STEPS } from '../../../../../shared/domain/steps.ts';
import type { CellStep } from '../../../../../shared/domain/view/cell.ts';

interface StepsStripProps {
  readonly steps: readonly CellStep[];
  /** Index of the step it is in; -1: none. */
  readonly at: number;
}

/** The six steps as six parts of a bar; what they say is in the words beside it. */
export function StepsStrip({ steps, at }: StepsStripProps) {
  return (
    <span class="steps">
      {STEPS.map((step, index) => {
        const state = steps[index]?.[0] ?? 'waiting';
        return <i key={step} class={index === at ? `${state} at` : state} title={`${step}: ${state}`} />;
      })}
    </span>
  );
}
