import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type Fleet, type FleetCluster, fleetClusters } from '../../../shared/domain/fleet.ts';
import { type PlanNode, type PlanProblem, planNodes } from '../../../shared/domain/plan.ts';
import { buildPlan } from '../../../shared/domain/plan-build/build.ts';
import { NOT_NARROWED } from '../../../shared/domain/plan-build/narrow.ts';
import { type ClusterSubject, examine, type Reach } from '../doctor/examine.ts';
import { type DoctorFinding, findingOf } from '../doctor/finding.ts';
import { CliError, EXIT } from '../exit.ts';
import { type OutputFormat, refuseServerOf, withOutput, withRedis } from '../options.ts';
import { printListing } from '../output.ts';
import { withFleetFile } from '../plan/narrow-options.ts';
import { knownRollouts } from '../release/known.ts';
import type { Wiring } from '../wiring.ts';
import { refusalOf } from './plan.ts';

interface Options {
  readonly file: string;
  readonly output: OutputFormat;
  readonly cluster?: string[];
  readonly redis?: string;
  readonly data?: string;
}

/** `nodetide doctor` */
export function register(program: Command, wiring: Wiring): void {
  const command = program
    .command('doctor')
    .description('check every cluster and host of a fleet: reachable, keys, root, permissions, clocks; changes nothing')
    .option('--cluster <names...>', 'only these clusters');
  withOutput(withRedis(withFleetFile(command))).action((options: Options) => doctor(wiring, options));
}

async function doctor(wiring: Wiring, options: Options): Promise<void> {
  refuseServerOf(wiring.env, 'doctor', options);
  const { loadFleet } = await import('../../../shared/config/load.ts');
  const { fleet, problems } = loadFleet(options.file);
  if (!fleet) throw refusalOf(wiring, { kind: 'wrong-file', problems });
  const stop = new AbortController();
  const forget = wiring.onInterrupt(() => stop.abort(new CliError(EXIT.interrupted, '')));
  const known = knownRollouts(wiring, options);
  try {
    const asked = fleetClusters(fleet).filter(({ name }) => options.cluster?.includes(name) ?? true);
    const reach = {
      clusters: await wiring.connectClusters(),
      hosts: await wiring.connectHosts(),
      managers: await wiring.managers(),
      clock: wiring.clock,
    };
    const marks = { known, options: optionsOf(options) };
    const found = await Promise.all(
      asked.map(cluster => examineCluster(fleet, cluster, { ...reach, marks }, stop.signal)),
    );
    stop.signal.throwIfAborted();
    await report(wiring, options.output, found.flat());
  } finally {
    forget();
    await known.close();
  }
}

/** The options that lead a later command to the same fleet and Redis. */
function optionsOf({ file, redis, data }: Options): string {
  const place = redis === undefined ? (data === undefined ? '' : ` --data ${data}`) : ' --redis URL';
  return `${file === 'fleet.yaml' ? '' : ` -f ${file}`}${place}`;
}

async function examineCluster(
  fleet: Fleet,
  cluster: FleetCluster,
  reach: Reach & Required<Pick<ClusterSubject, 'marks'>>,
  stop: AbortSignal,
): Promise<DoctorFinding[]> {
  const { name, kubernetes, policy, nodePolicy } = cluster;
  const { leaseNamespace, nodeLease, nodeEvents, gates } = policy;
  const subject = { name, kubernetes, leaseNamespace, nodeLease, nodeEvents, gates };
  const { disableEviction, deleteRefusedAfterMs } = nodePolicy.drain;
  const deletePods = disableEviction ? 'always' : deleteRefusedAfterMs > 0 ? 'refused' : 'never';
  const { nodes, findings } = await hostsOf(fleet, cluster, reach, stop);
  const checks = [nodePolicy, ...cluster.rolePolicies.map(role => role.policy)].flatMap(
    each => each.verify?.checks ?? [],
  );
  const complete: ClusterSubject = { ...subject, deletePods, checks, nodes, marks: reach.marks };
  return [...(await examine(complete, fleet.profiles, reach, stop)), ...findings];
}

/** The hosts of a cluster, as far as its inventory tells; what is wrong with it comes as findings. */
async function hostsOf(
  fleet: Fleet,
  cluster: FleetCluster,
  { clusters, clock }: Reach,
  stop: AbortSignal,
): Promise<{ nodes: readonly PlanNode[]; findings: DoctorFinding[] }> {
  const { collectCluster } = await import('../../../shared/inventory/collect.ts');
  const readText = (file: string): Promise<string> => readFile(file, 'utf8');
  const signal = AbortSignal.any([stop, AbortSignal.timeout(30_000)]);
  try {
    const inventory = await collectCluster(cluster, { connectCluster: clusters, readText }, signal);
    const made = buildPlan({ fleet, inventories: [inventory], narrow: NOT_NARROWED, nowMs: clock.now() });
    const findings = made.problems.map(problem => problemFinding(cluster.name, problem));
    return { nodes: made.plan ? planNodes(made.plan) : [], findings };
  } catch (error) {
    // An API that cannot be reached is told by its own check.
    const finding = findingOf(cluster.name, 'inventory', error);
    return { nodes: [], findings: finding.verdict === 'unreachable' ? [] : [finding] };
  }
}

function problemFinding(cluster: string, { code, node, message }: PlanProblem): DoctorFinding {
  const where = node === undefined ? cluster : `${cluster}/${node}`;
  return { verdict: 'failed', where, check: 'inventory', detail: `${message} (${code})`, todo: 'See nodetide plan.' };
}

async function report({ terminal }: Wiring, output: OutputFormat, findings: readonly DoctorFinding[]): Promise<void> {
  const words = { ok: 'ok', warning: 'warning', failed: 'FAILED', unreachable: 'UNREACHABLE' } as const;
  await printListing(terminal, output, {
    data: findings,
    heading: ['RESULT', 'WHERE', 'CHECK', 'DETAIL'],
    rows: findings.map(({ verdict, where, check, detail, todo }) => {
      return [words[verdict], where, check, todo === '' ? detail : `${detail} → ${todo}`];
    }),
    empty: 'there is nothing to check',
  });
  if (findings.some(({ verdict }) => verdict === 'unreachable')) throw new CliError(EXIT.cannotConnect, '');
  if (findings.some(({ verdict }) => verdict === 'failed')) throw new CliError(EXIT.failed, '');
}
