import { type Command, Option } from 'commander';
import type { Estimate } from '../../../shared/domain/estimate/estimate.ts';
import { SETTLED_STATES } from '../../../shared/domain/events.ts';
import type { NodeStatus, RolloutStatus } from '../../../shared/domain/status.ts';
import { duration } from '../../../shared/domain/time/show.ts';
import { estimateOf, readTimes } from '../../common/estimates.ts';
import { CliError, EXIT } from '../exit.ts';
import { followRollout } from '../follow.ts';
import { type OutputFormat, withOutput, withPlace } from '../options.ts';
import { printData, printListing } from '../output.ts';
import { phaseOf } from '../render/node.ts';
import { renderNode } from '../render/node-page.ts';
import { renderStatus } from '../render/status.ts';
import type { Rollouts, Wiring } from '../wiring.ts';
import { exitCodeOf, findNode, pickRollout, readStatus, withSession } from './rollout.ts';

interface Options {
  readonly redis?: string;
  readonly data?: string;
  readonly output: OutputFormat;
  readonly nodes?: boolean;
  readonly node?: string;
  readonly follow?: boolean;
}

/** `nodetide status [ID]` */
export function register(program: Command, wiring: Wiring): void {
  const command = program
    .command('status')
    .description('show how a rollout stands; exits 3 when it waits for a person, 1 when it was aborted')
    .argument('[rollout]', 'its id or the beginning of it; default: the one that runs, else the latest')
    .option('--nodes', 'a table of all nodes')
    .option('-f, --follow', 'go on watching until it is over')
    .addOption(
      new Option(
        '--node <name>',
        'all about one node (NODE or CLUSTER/NODE): its steps, what it waits for or failed at',
      ).conflicts(['nodes', 'follow']),
    );
  withOutput(withPlace(command)).action((asked: string | undefined, options: Options) =>
    withSession(wiring, options, async session => {
      const { id } = await pickRollout(session.rollouts, asked);
      const status = options.follow
        ? await watch(wiring, session.rollouts, id)
        : await readStatus(session.rollouts, id);
      const left = await leftOf(wiring, session.rollouts, status);
      if (!options.follow || options.output !== 'table') await print(wiring, status, left, options);
      const code = exitCodeOf(status);
      if (code !== EXIT.done) throw new CliError(code, '');
    }),
  );
}

async function leftOf({ clock }: Wiring, rollouts: Rollouts, status: RolloutStatus): Promise<Estimate | null> {
  const plan = await rollouts.plan(status.id);
  return plan && estimateOf(plan, status, await readTimes(rollouts, plan), clock.now());
}

async function print(wiring: Wiring, status: RolloutStatus, left: Estimate | null, options: Options): Promise<void> {
  const { terminal, clock } = wiring;
  if (options.nodes) {
    const nodes = Object.values(status.nodes);
    const rows = nodes.map(node => nodeRow(node, clock.now()));
    const heading = ['CLUSTER', 'WAVE', 'NODE', 'SEQ', 'STATE', 'STEP', 'TIME', 'REASON'];
    return printListing(terminal, options.output, { data: nodes, heading, rows, empty: 'no nodes' });
  }
  const columns = terminal.live ? terminal.size().columns : 120;
  const view = { columns, rows: Number.POSITIVE_INFINITY, colour: terminal.colour };
  if (options.node !== undefined) {
    const { cluster, node: name } = findNode(status, options.node);
    const node = Object.values(status.nodes).find(each => each.cluster === cluster && each.node === name);
    if (options.output !== 'table') return printData(terminal, options.output, node);
    for (const line of node ? renderNode(node, clock.now(), view) : []) terminal.out(line);
    return;
  }
  if (options.output !== 'table') return printData(terminal, options.output, { ...status, estimate: left });
  for (const line of renderStatus(status, clock.now(), { ...view, left })) terminal.out(line);
}

function nodeRow(node: NodeStatus, nowMs: number): string[] {
  const settled = SETTLED_STATES.includes(node.state);
  const { word } = phaseOf(node);
  const time = node.claimedAtMs === null ? '' : duration((node.endedAtMs ?? nowMs) - node.claimedAtMs);
  const step = node.state === 'pending' || settled ? '' : word;
  const sequence = node.sequence === null ? '' : String(node.sequence);
  const name = node.controlPlane ? `${node.node} (control plane)` : node.node;
  return [node.cluster, String(node.wave + 1), name, sequence, node.state, step, time, node.reason];
}

async function watch(wiring: Wiring, rollouts: Rollouts, rollout: string): Promise<RolloutStatus> {
  const stop = new AbortController();
  const forget = wiring.onInterrupt(() => stop.abort());
  try {
    return await followRollout(wiring, rollouts, {
      rollout,
      plain: !wiring.terminal.live,
      signal: stop.signal,
      footer: () => 'Ctrl-C stops watching; the rollout goes on',
    });
  } finally {
    forget();
  }
}
