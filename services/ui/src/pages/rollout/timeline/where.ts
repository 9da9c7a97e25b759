import { quantile } from '../../../../../../shared/domain/durations/statistics.ts';
import { STEPS, type StepName } from '../../../../../../shared/domain/steps.ts';
import type { Line, NodeLine } from './lines.ts';

/** What a step took on a set of nodes. */
export interface Spent {
  /** A step, or what lies between steps: hand-overs, retries by people, the wait for a slot. */
  readonly what: StepName | 'between steps';
  readonly nodes: number;
  readonly sumMs: number;
  readonly medianMs: number;
  readonly maxMs: number;
  /** Of the time of all nodes together, 0 to 1. */
  readonly share: number;
}

/** Where the time of nodes went, in the order of the steps; what took none is left out. */
export function spentOf(lines: readonly Line[]): Spent[] {
  const nodes = lines.filter(line => line.kind === 'node');
  const all = nodes.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const ofSteps = STEPS.map(step => ({ what: step, took: nodes.flatMap(line => tookOf(line, step)) }));
  const between = { what: 'between steps' as const, took: nodes.map(betweenMs).filter(ms => ms > 0) };
  return [...ofSteps, between]
    .filter(({ took }) => took.length > 0)
    .map(({ what, took }) => {
      const sumMs = took.reduce((sum, ms) => sum + ms, 0);
      const maxMs = took.reduce((most, ms) => Math.max(most, ms), 0);
      return {
        what,
        nodes: took.length,
        sumMs,
        medianMs: quantile(took, 0.5),
        maxMs,
        share: all === 0 ? 0 : sumMs / all,
      };
    });
}

/** The nodes that took longest, the longest first. */
export function slowestOf(lines: readonly Line[], most: number): NodeLine[] {
  const nodes = lines.filter(line => line.kind === 'node');
  return nodes.sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs)).slice(0, most);
}

function tookOf({ bars }: NodeLine, step: StepName): number[] {
  return bars.filter(bar => bar.step === step).map(({ fromMs, toMs }) => toMs - fromMs);
}

function betweenMs({ fromMs, toMs, bars }: NodeLine): number {
  return toMs - fromMs - bars.reduce((sum, bar) => sum + bar.toMs - bar.fromMs, 0);
}
