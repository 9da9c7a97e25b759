import type { Command } from 'commander';
import { dueSummary } from '../../../shared/domain/survey/summary.ts';
import type { ClusterSurvey, NodeDue } from '../../../shared/domain/survey/survey.ts';
import { duration } from '../../../shared/domain/time/show.ts';
import { type OutputFormat, type PlaceOptions, withOutput, withPlace } from '../options.ts';
import { printData } from '../output.ts';
import { table } from '../render/table.ts';
import type { Wiring } from '../wiring.ts';
import { withSession } from './rollout.ts';

interface Options extends PlaceOptions {
  readonly output: OutputFormat;
}

/** `nodetide due` */
export function register(program: Command, wiring: Wiring): void {
  const command = program
    .command('due')
    .description('what there is to do on the hosts, as they said when a scheduler asked them last')
    .argument('[cluster]', 'host by host, of this cluster only');
  withOutput(withPlace(command)).action((cluster: string | undefined, options: Options) =>
    withSession(wiring, options, async ({ surveys }) => {
      const all = (await surveys.surveys()).filter(each => cluster === undefined || each.cluster === cluster);
      if (options.output !== 'table') return printData(wiring.terminal, options.output, all);
      const { terminal, clock } = wiring;
      if (all.length === 0) return terminal.err('nobody has asked the hosts yet: `nodetide up -f FILE` does');
      const lines = cluster === undefined ? ofClusters(all, clock.now()) : ofHosts(all, clock.now());
      for (const line of table(lines.heading, lines.rows, terminal.size().columns)) terminal.out(line);
    }),
  );
}

interface Lines {
  readonly heading: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function ofClusters(all: readonly ClusterSurvey[], nowMs: number): Lines {
  const rows = all.map(survey => {
    const { atMs, asked, unreachable, updates, reboots, oldestBootAtMs, oldestPatchAtMs, kernels } = dueSummary(survey);
    const runs = kernels.map(({ release, nodes }) => `${release} (${nodes})`).join(', ');
    const counts = [asked, updates, reboots, unreachable].map(String);
    return [survey.cluster, ...counts, age(oldestBootAtMs, nowMs), age(oldestPatchAtMs, nowMs), age(atMs, nowMs), runs];
  });
  return { heading: ['CLUSTER', 'HOSTS', 'UPDATES', 'REBOOTS', 'SILENT', 'UP', 'PATCHED', 'ASKED', 'KERNELS'], rows };
}

function ofHosts(all: readonly ClusterSurvey[], nowMs: number): Lines {
  const rows = all.flatMap(({ nodes }) => nodes.map(node => hostRow(node, nowMs)));
  return { heading: ['HOST', 'UPDATES', 'REBOOT', 'UP', 'PATCHED', 'KERNEL', 'WHY'], rows };
}

function hostRow(due: NodeDue, nowMs: number): string[] {
  const { node, updates, rebootDue, bootedAtMs, patchedAtMs, runningKernel, failure, rebootReason } = due;
  const reboot = rebootDue === null ? '?' : rebootDue ? 'due' : 'no';
  const times = [age(bootedAtMs, nowMs), age(patchedAtMs, nowMs)];
  return [
    node,
    updates === null ? '?' : String(updates),
    reboot,
    ...times,
    runningKernel ?? '?',
    failure || rebootReason,
  ];
}

function age(atMs: number | null, nowMs: number): string {
  return atMs === null ? '?' : duration(nowMs - atMs);
}
