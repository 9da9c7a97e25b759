import { type Command, Option } from 'commander';
import type { LoadedFleet } from '../../../shared/config/load.ts';
import type { Fleet } from '../../../shared/domain/fleet.ts';
import type { PreflightReport } from '../../../shared/domain/preflight/finding.ts';
import type { PlanRequest } from '../../common/planning/make-plan.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Snapshots, Wiring } from '../wiring.ts';
import { snapshotFiles } from './snapshot-options.ts';

/** Adds `--preflight` and `--snapshot`. */
export function withPreflight(command: Command): Command {
  const preflight = 'also look for what would stop or harm the drains; ends with 4 when there is a blocker';
  const snapshot =
    'instead of the API of a cluster read a file made by kubectl get nodes,pods,pdb,ds,pv,pvc -A -o json; - is standard input; may be repeated';
  return command
    .addOption(new Option('--preflight', preflight).conflicts('drain'))
    .addOption(new Option('--snapshot <[cluster=]file>', snapshot).conflicts('drain').argParser(collect));
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** How a plan is made when clusters are read from snapshots; `opened` resolves to them once the plan has been made. */
export function snapshotRequest(
  wiring: Wiring,
  words: readonly string[],
  meant: readonly string[],
): Required<Pick<PlanRequest, 'load' | 'connectClusters'>> & { readonly opened: () => Snapshots | null } {
  let fleet: Fleet | null = null;
  let snapshots: Snapshots | null = null;
  return {
    load: async file => {
      const [{ loadFleet }, { processSurroundings }] = await Promise.all([
        import('../../../shared/config/load.ts'),
        import('../../../shared/config/surroundings.ts'),
      ]);
      const loaded: LoadedFleet = loadFleet(file, { ...processSurroundings(), reaches: false });
      fleet = loaded.fleet;
      return loaded;
    },
    connectClusters: async () => {
      if (!fleet) throw new Error('the fleet file is read first');
      snapshots = await wiring.openSnapshots(snapshotFiles(words, fleet, meant));
      return snapshots.connect;
    },
    opened: () => snapshots,
  };
}

/** CliError when there are blockers. */
export function refuseBlockers({ blockers }: PreflightReport, more = ''): void {
  if (blockers === 0) return;
  throw new CliError(EXIT.badInput, `the preflight found ${blockers} blocker${blockers === 1 ? '' : 's'}${more}`);
}
