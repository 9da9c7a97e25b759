import type { Command } from 'commander';
import { workMarkOf } from '../../../shared/domain/facts.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { Fleet, FleetCluster } from '../../../shared/domain/fleet.ts';
import { whatIsOurs } from '../../../shared/domain/left-behind.ts';
import type { PlanNode } from '../../../shared/domain/plan.ts';
import type { ClusterApi } from '../../../shared/ports/cluster.ts';
import { CliError, EXIT } from '../exit.ts';
import { refuseServerOf, withRedis } from '../options.ts';
import { withFleetFile } from '../plan/narrow-options.ts';
import { byCluster, findNodes } from '../release/find.ts';
import { giveBack } from '../release/give-back.ts';
import { knownRollouts } from '../release/known.ts';
import { judgeNodeMark, type MarkedNode } from '../release/marks.ts';
import type { Wiring } from '../wiring.ts';
import { confirm } from './confirm.ts';
import { refusalOf } from './plan.ts';

interface Options {
  readonly file: string;
  readonly cluster?: string;
  readonly redis?: string;
  readonly data?: string;
  readonly yes?: boolean;
  readonly takeOver?: boolean;
  readonly leaveHost?: boolean;
}

/** One Node to release. */
interface Target {
  readonly api: ClusterApi;
  readonly cluster: FleetCluster;
  readonly marked: MarkedNode;
  /** null: the inventory names no host for it. */
  readonly host: PlanNode | null;
}

/** `nodetide release NODE…` */
export function register(program: Command, wiring: Wiring): void {
  const command = program
    .command('release')
    .description(
      'take away what a dead rollout has left on nodes: mark, cordon, taint, labels, Lease, hold on the host',
    )
    .argument('<nodes...>', 'NODE or CLUSTER/NODE')
    .option('--cluster <name>', 'the cluster of nodes named without one')
    .option('--take-over', 'also nodes that a lost installation still holds by its Lease')
    .option('--leave-host', 'do not go to the hosts: they stay held, see the docs on how to free them by hand')
    .option('-y, --yes', 'do not ask');
  withRedis(withFleetFile(command)).action((nodes: string[], options: Options) => release(wiring, nodes, options));
}

async function release(wiring: Wiring, words: readonly string[], options: Options): Promise<void> {
  refuseServerOf(wiring.env, 'release', options);
  const { loadFleet } = await import('../../../shared/config/load.ts');
  const { fleet, problems } = loadFleet(options.file);
  if (!fleet) throw refusalOf(wiring, { kind: 'wrong-file', problems });
  const stop = new AbortController();
  const forget = wiring.onInterrupt(() => stop.abort(new CliError(EXIT.interrupted, '')));
  try {
    const targets = await findTargets(wiring, fleet, words, options, stop.signal);
    if (targets.length === 0) return;
    refuseOthers(wiring, targets, options);
    for (const target of targets) wiring.terminal.out(lineOf(target, options));
    if (!options.yes) await confirm(wiring, `Release ${targets.length === 1 ? 'it' : 'them'}?`);
    await releaseAll(wiring, fleet, targets, options, stop.signal);
  } finally {
    forget();
  }
}

/** Nodes without a mark are told, and left out. */
async function findTargets(
  wiring: Wiring,
  fleet: Fleet,
  words: readonly string[],
  options: Options,
  signal: AbortSignal,
): Promise<Target[]> {
  const connect = await wiring.connectClusters();
  const known = knownRollouts(wiring, options);
  const targets: Target[] = [];
  try {
    for (const [cluster, names] of byCluster(fleet, words, options.cluster)) {
      const { kubernetes, name, policy } = cluster;
      if (!kubernetes) throw new CliError(EXIT.badInput, `${name} has no Kubernetes: nothing can be left on its nodes`);
      const api = connect(name, kubernetes);
      const place = { api, cluster: name, policy, known, nowMs: wiring.clock.now() };
      for (const { view, host } of await findNodes(cluster, names, connect, signal)) {
        const marked = await judgeNodeMark(place, view, signal);
        if (marked) targets.push({ api, cluster, marked, host });
        else wiring.terminal.err(`${name}/${view.name}: ${withoutMark(view)}`);
      }
    }
    return targets;
  } finally {
    await known.close();
  }
}

function withoutMark({ name, annotations }: { name: string; annotations: Readonly<Record<string, string>> }): string {
  if (workMarkOf(annotations) === null) return 'carries no mark of nodetide: there is nothing to release';
  return `its mark cannot be read, so what is ours is not known; look at it, then kubectl annotate node ${name} nodetide.io/work-`;
}

/** One that somebody works on keeps all from being released: the command line may be a mistake. */
function refuseOthers({ terminal }: Wiring, targets: readonly Target[], { takeOver }: Options): void {
  const refused = targets.filter(
    ({ marked: { verdict } }) => verdict.kind === 'live' || (verdict.kind === 'held' && !takeOver),
  );
  for (const { cluster, marked } of refused) {
    const { kind, reason } = marked.verdict;
    const todo =
      kind === 'live' ? 'skip the node there, or end that rollout' : 'wait, or say --take-over if it is surely dead';
    terminal.err(`refused: ${cluster.name}/${marked.node.name}: ${reason}; ${todo}`);
  }
  if (refused.length > 0) throw new CliError(EXIT.badInput, 'nothing was done');
}

function lineOf({ cluster, marked, host }: Target, { leaveHost }: Options): string {
  const what = whatIsOurs(marked.mark).join(', ');
  const held = leaveHost || host === null ? 'the host is left as it is' : `the host ${host.host.address} is freed`;
  return `${cluster.name}/${marked.node.name}: ${marked.verdict.reason}. Takes away ${what}; ${held}`;
}

async function releaseAll(
  wiring: Wiring,
  fleet: Fleet,
  targets: readonly Target[],
  { leaveHost }: Options,
  signal: AbortSignal,
): Promise<void> {
  const { terminal } = wiring;
  const hosts = leaveHost ? null : await wiring.connectHosts();
  let failed = 0;
  for (const { api, cluster, marked, host: planned } of targets) {
    const where = `${cluster.name}/${marked.node.name}`;
    const host = planned && hosts ? hosts(planned, fleet.profiles) : null;
    try {
      await giveBack({ api, policy: cluster.policy, marked, host, by: wiring.user }, signal);
      terminal.out(`${where}: released`);
    } catch (error) {
      signal.throwIfAborted();
      failed += 1;
      const { code, message, todo } = failureOf(error);
      const hint = code.startsWith('host-') ? 'or say --leave-host' : '';
      terminal.err([`${where}: not released: ${message} (${code})`, todo, hint].filter(Boolean).join('\n  '));
    } finally {
      await host?.close().catch(() => undefined);
    }
  }
  await Promise.all(new Set(targets.map(each => each.api.close())));
  if (failed > 0)
    throw new CliError(EXIT.failed, `${failed} of ${targets.length} not released: the same command does the rest`);
}
