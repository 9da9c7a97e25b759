import type { RolloutReport } from '../report.ts';
import { packageSections } from './packages.ts';
import { deviations, leftOut, nodes, open, summary, waves } from './sections.ts';
import { plain, timesIn } from './words.ts';

/**
 * A report as Markdown (GitHub's: tables, `details`), for a change record. `zone`: whose clocks the times are of, an IANA
 * name; default UTC. Text of people and machines is escaped. RangeError: there is no such zone.
 */
export function renderMarkdown(report: RolloutReport, { zone = 'UTC' }: { readonly zone?: string } = {}): string {
  const times = timesIn(zone);
  const lines = [
    `# Rollout ${plain(report.id)} of ${plain(report.fleet)}: ${report.outcome ?? 'under way'}`,
    '',
    ...summary(report, times),
    ...waves(report, times),
    ...deviations(report, times),
    ...open(report),
    ...nodes(report, times),
    ...packageSections(report.nodes),
    ...leftOut(report),
  ];
  return `${lines.join('\n')}\n`;
}
