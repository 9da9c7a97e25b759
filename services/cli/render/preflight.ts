import { type Plan, planClusters } from '../../../shared/domain/plan.ts';
import type {
  ClusterFindings,
  Finding,
  PreflightReport,
  WaveFindings,
} from '../../../shared/domain/preflight/finding.ts';
import { counted, named } from '../../../shared/domain/text.ts';
import { type Paint, painter } from './paint.ts';
import { wrap } from './text.ts';

/** Of pods and nodes this many are named, and the rest counted. */
const NAMED_PODS = 6;
const NAMED_NODES = 8;

/** What was found before the start, for people: cluster by cluster, wave by wave, blockers first. */
export function renderPreflight(
  plan: Plan,
  report: PreflightReport,
  view: { readonly width: number; readonly color: boolean },
): string {
  const paint = painter(view.color);
  const lines = [`${paint('strong', 'Preflight')}: ${totals(report)}`];
  for (const cluster of report.clusters) {
    const waves = planClusters(plan).find(({ name }) => name === cluster.cluster)?.waves.length ?? 0;
    lines.push(...clusterLines(cluster, waves, view.width, paint));
  }
  return lines.join('\n');
}

/** `2 blockers, 1 warning`. */
export function totals({ blockers, warnings }: PreflightReport): string {
  if (blockers + warnings === 0) return 'nothing found';
  const parts = [
    ...(blockers > 0 ? [counted(blockers, 'blocker')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ];
  return parts.join(', ');
}

/** The report without its warnings, and without waves and clusters in which nothing is left. */
export function onlyBlockers({ blockers, clusters }: PreflightReport): PreflightReport {
  const left = clusters.map(({ cluster, waves }) => {
    const blocked = waves.map(wave => ({ ...wave, findings: wave.findings.filter(({ level }) => level === 'block') }));
    return { cluster, waves: blocked.filter(({ findings }) => findings.length > 0) };
  });
  return { blockers, warnings: 0, clusters: left.filter(({ waves }) => waves.length > 0) };
}

/** `the preflight has 3 warnings (emptyDirLost, noRoomNow)`. */
export function warningsText({ warnings, clusters }: PreflightReport): string {
  const findings = clusters.flatMap(({ waves }) => waves.flatMap(wave => wave.findings));
  const codes = new Set(findings.filter(({ level }) => level === 'warn').map(({ code }) => code));
  return `the preflight has ${counted(warnings, 'warning')} (${[...codes].join(', ')})`;
}

function clusterLines({ cluster, waves }: ClusterFindings, ofWaves: number, width: number, paint: Paint): string[] {
  const lines = ['', `  Cluster ${paint('strong', cluster)}`];
  for (const wave of waves) lines.push(...waveLines(wave, ofWaves, width, paint));
  return lines;
}

function waveLines({ wave, name, findings }: WaveFindings, of: number, width: number, paint: Paint): string[] {
  const title = `    Wave ${wave + 1} of ${of} [${name}]`;
  if (findings.length === 0) return [`${title}: ${paint('dim', 'nothing found')}`];
  return [title, ...findings.flatMap(finding => findingLines(finding, width, paint))];
}

function findingLines({ level, code, message, nodes, pods, todo }: Finding, width: number, paint: Paint): string[] {
  const isBlocker = level === 'block';
  const sign = isBlocker ? paint('bad', '✗ blocker') : paint('warn', '! warning');
  const indented = (text: string, first = '') => {
    const lines = wrap(text, Math.max(20, width - 8 - first.length));
    return lines.map((line, index) => `        ${index === 0 ? first : ' '.repeat(first.length)}${line}`);
  };
  return [
    `      ${sign} ${paint('dim', code)}`,
    ...indented(message),
    ...(nodes.length > 0 ? indented(named(nodes, NAMED_NODES), 'on   ') : []),
    ...(pods.length > 0 ? indented(named(pods, NAMED_PODS), 'pods ') : []),
    ...indented(todo, '→ ').map(line => paint('dim', line)),
  ];
}
