import type { Command } from 'commander';
import { dueSummary } from '../../../shared/domain/survey/summary.ts';
import type { ClusterSurvey, NodeDue } from '../../../shared/domain/survey/survey.ts';
import { duration } from '../../../shared/domain/time/show.ts';
import { CliError, EXIT } from '../exit.ts';
import { type OutputFormat, type PlaceOptions, withOutput, withPlace } from '../options.ts';
import { type Listing, printListing } from '../output.ts';
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
      const { terminal, clock } = wiring;
      const data = surveysOf(await surveys.surveys(), cluster);
      const lines = cluster === undefined ? ofClusters(data, clock.now()) : ofHosts(data, clock.now());
      const empty = 'nobody has asked the hosts yet: `nodetide up -f FILE` does';
      await printListing(terminal, options.output, { data, ...lines, empty });
    }),
  );
}

/** All, or that of one cluster. CliError when only others are known. */
function surveysOf(all: readonly ClusterSurvey[], cluster: string | undefined): readonly ClusterSurvey[] {
  const found = all.filter(survey => cluster === undefined || survey.cluster === cluster);
  if (found.length > 0 || all.length === 0) return found;
  const known = all.map(survey => survey.cluster).join(', ');
  throw new CliError(EXIT.badInput, `nobody has asked the hosts of a cluster ${cluster}; there are ${known}`);
}

type Lines = Pick<Listing, 'heading' | 'rows'>;

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
  return { heading: ['HOST', 'UPDATES', 'REBOOT', 'UP', 'PATCHED', 'ASKED', 'KERNEL', 'WHY'], rows };
}

function hostRow(due: NodeDue, nowMs: number): string[] {
  const { node, atMs, updates, rebootDue, bootedAtMs, patchedAtMs, runningKernel, failure, rebootReason } = due;
  const reboot = rebootDue === null ? '?' : rebootDue ? 'due' : 'no';
  const times = [bootedAtMs, patchedAtMs, atMs].map(each => age(each, nowMs));
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
