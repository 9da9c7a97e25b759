import { NODE_STATES } from '../../events.ts';
import { counted } from '../../text.ts';
import { changesText } from '../changes-text.ts';
import { noDeviations } from '../deviations.ts';
import type { NodeReport, RolloutReport } from '../report.ts';
import { groupBy, names } from './groups.ts';
import { change, plain, span, type Times, table } from './words.ts';

/** The whole in a few rows. */
export function summary(report: RolloutReport, times: Times): string[] {
  const { nodes, startedAtMs, endedAtMs, createdAtMs, by, estimate } = report;
  const total = (of: (node: NodeReport) => number): number => nodes.reduce((sum, node) => sum + of(node), 0);
  const longest = nodes.reduce<NodeReport | null>(
    (best, node) => ((node.downtimeMs ?? -1) > (best?.downtimeMs ?? -1) ? node : best),
    null,
  );
  const downtime =
    longest === null || longest.downtimeMs === null
      ? []
      : [['Longest downtime', `${span(longest.downtimeMs)} (${plain(`${longest.cluster}/${longest.node}`)})`]];
  const rows = [
    ['Asked for', `${times.at(createdAtMs)} by ${plain(by)}`],
    ['Began', times.at(startedAtMs)],
    ['Ended', endedAtMs === null ? 'it goes on' : times.at(endedAtMs)],
    ['Took', took(startedAtMs, endedAtMs, estimate?.totalMs ?? null)],
    ['Nodes', counts(report)],
    ['Changed', `packages on ${counted(nodes.filter(({ changes }) => changes.length > 0).length, 'node')}`],
    ['Reboots', String(total(({ reboots }) => reboots))],
    ...downtime,
    ['Pods evicted', String(total(({ evicted }) => evicted.length))],
    ['Times', `in ${plain(times.zone)}`],
  ];
  return table(['', ''], rows);
}

function took(startedAtMs: number | null, endedAtMs: number | null, estimatedMs: number | null): string {
  const tookMs = startedAtMs === null || endedAtMs === null ? null : endedAtMs - startedAtMs;
  if (estimatedMs === null) return span(tookMs);
  const share = tookMs === null || estimatedMs === 0 ? '' : `, ${Math.round((tookMs / estimatedMs) * 100)} % of it`;
  return `${span(tookMs)} (reckoned when it was made, windows and approvals aside: ${span(estimatedMs)}${share})`;
}

function counts({ nodes, counts: of }: RolloutReport): string {
  const others = NODE_STATES.filter(state => state !== 'done' && of[state] > 0).map(state => `${of[state]} ${state}`);
  return [`${of.done} of ${nodes.length} done`, ...others].join(', ');
}

/** Plan against what was: a row for each wave. */
export function waves(report: RolloutReport, times: Times): string[] {
  const rows = report.waves.map(wave => {
    const { stage, cluster, nodes, concurrency, counts: of, startedAtMs, endedAtMs, estimatedMs } = wave;
    const tookMs = startedAtMs === null || endedAtMs === null ? null : endedAtMs - startedAtMs;
    const place = [plain(stage), plain(cluster), plain(wave.wave), String(nodes), String(concurrency), `${of.done}`];
    return [...place, times.at(startedAtMs), times.at(endedAtMs), span(tookMs), span(estimatedMs)];
  });
  const heading = ['Stage', 'Cluster', 'Wave', 'Nodes', 'At once', 'Done', 'Began', 'Ended', 'Took', 'Reckoned'];
  return ['', '## Waves', '', ...table(heading, rows)];
}

/** What did not go as planned; that nothing of the kind was is said. */
export function deviations(report: RolloutReport, times: Times): string[] {
  const heading = ['', '## Deviations', ''];
  if (report.deviations.length === 0) return [...heading, noDeviations(report)];
  const rows = report.deviations.map(({ atMs, kind, place, by, why, text }) => {
    return [times.at(atMs), kind, place === '' ? 'rollout' : plain(place), plain(text), plain(by), plain(why)];
  });
  return [...heading, ...table(['When', 'Kind', 'Where', 'What', 'By', 'Why'], rows)];
}

/** A table of the nodes of each cluster. */
export function nodes(report: RolloutReport, times: Times): string[] {
  const clusters = [...new Set(report.waves.map(({ cluster }) => cluster))];
  const heading = [
    'Node',
    'Wave',
    'State',
    'Kernel',
    'Packages',
    'Reboots',
    'Downtime',
    'Cordoned',
    'Evicted',
    'Began',
  ];
  return clusters.flatMap(cluster => {
    const rows = report.nodes
      .filter(node => node.cluster === cluster)
      .map(node => [
        plain(node.controlPlane ? `${node.node} (control plane)` : node.node),
        plain(node.waveName),
        node.rounds > 1 ? `${node.state}, ${node.rounds} rounds` : node.state,
        change(node.kernelBefore, node.kernelAfter),
        changesText(node),
        node.rebootsByOthers > 0 ? `${node.reboots}, by others ${node.rebootsByOthers}` : String(node.reboots),
        span(node.downtimeMs),
        span(node.cordonedMs),
        String(node.evicted.length),
        times.at(node.claimedAtMs),
      ]);
    return ['', `## Nodes of ${plain(cluster)}`, '', ...table(heading, rows)];
  });
}

/** Nodes that are not as they were to be, and what was passed over, once for all that say the same; empty: none. */
export function open({ nodes: all }: RolloutReport): string[] {
  const found = all.filter(({ reason, todo, warnings }) => reason !== '' || todo !== '' || warnings.length > 0);
  const groups = groupBy(found, ({ state, reason, leftAs, warnings, todo }) => [state, reason, leftAs, warnings, todo]);
  const rows = groups.map(group => {
    const { state, reason, leftAs, todo, warnings } = group[0] as NodeReport;
    const said = [reason, leftAs, ...warnings].filter(text => text !== '');
    return [names(group), state, said.map(plain).join('<br>'), plain(todo)];
  });
  if (rows.length === 0) return [];
  return ['', '## To be looked at', '', ...table(['Node', 'State', 'What was seen', 'To do'], rows)];
}

/** Hosts that the plan left out; empty: none. */
export function leftOut(report: RolloutReport): string[] {
  const rows = report.leftOut.map(({ cluster, node, reason }) => [plain(`${cluster}/${node}`), plain(reason)]);
  return rows.length === 0 ? [] : ['', '## Left out of the plan', '', ...table(['Host', 'Why'], rows)];
}
