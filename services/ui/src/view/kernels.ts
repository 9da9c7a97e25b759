import type { DueSummary } from '../../../../shared/domain/survey/survey.ts';

/** Shades by rank. */
const SHADES = ['first', 'second', 'third'] as const;
/** How many kernels are named. */
const NAMED = SHADES.length;

/** A kernel, or all that are not named, with how many hosts run it. */
export interface KernelPart {
  readonly name: string;
  readonly value: number;
  readonly tone: (typeof SHADES)[number] | 'other';
}

/** The kernels that most hosts run, and the others together. `kernels`: most first. */
export function spread(kernels: DueSummary['kernels']): readonly KernelPart[] {
  const others = kernels.slice(NAMED);
  return [
    ...kernels.slice(0, NAMED).map(
      ({ release, nodes }, rank): KernelPart => ({
        name: release,
        value: nodes,
        tone: SHADES[rank] ?? 'other',
      }),
    ),
    ...(others.length === 0
      ? []
      : [
          {
            name: `${others.length} other${others.length === 1 ? '' : 's'}`,
            value: others.reduce((sum, { nodes }) => sum + nodes, 0),
            tone: 'other' as const,
          },
        ]),
  ];
}
