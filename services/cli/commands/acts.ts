import type { Command as Program } from 'commander';
import type { Command } from '../../../shared/domain/command.ts';
import { CliError, EXIT } from '../exit.ts';
import { withRedis } from '../options.ts';
import type { Rollouts, Wiring } from '../wiring.ts';
import { confirm } from './confirm.ts';
import { findNode, pickRollout, readStatus, withSession } from './rollout.ts';

interface Options {
  readonly redis?: string;
  readonly data?: string;
  readonly rollout?: string;
  readonly reason: string;
  readonly yes?: boolean;
}

interface Act {
  readonly kind: 'retry' | 'skip' | 'pause' | 'resume' | 'abort';
  readonly text: string;
  /** Asked before it is done; missing: done at once. */
  readonly sure?: string;
}

const NODE_ACTS: readonly Act[] = [
  { kind: 'retry', text: 'try the failed step of nodes again' },
  {
    kind: 'skip',
    text: 'give nodes up and go on without them',
    sure: 'They stay in the state they are in. Skip them?',
  },
];
const ROLLOUT_ACTS: readonly Act[] = [
  { kind: 'pause', text: 'take no further node; those that are away go on to their end' },
  { kind: 'resume', text: 'go on after a pause' },
  { kind: 'abort', text: 'end the rollout', sure: 'It cannot be resumed afterwards. Abort it?' },
];

/** `nodetide retry|skip NODE…`, `nodetide pause|resume|abort` */
export function register(program: Program, wiring: Wiring): void {
  for (const act of NODE_ACTS) {
    const command = program.command(act.kind).description(act.text).argument('<nodes...>', 'NODE or CLUSTER/NODE');
    withAct(command, act).action((nodes: string[], options: Options) => doIt(wiring, act, nodes, options));
  }
  for (const act of ROLLOUT_ACTS) {
    withAct(program.command(act.kind).description(act.text), act).action((options: Options) =>
      doIt(wiring, act, [], options),
    );
  }
}

function withAct(command: Program, act: Act): Program {
  withRedis(command)
    .option('--rollout <id>', 'its id or the beginning of it; default: the one that runs, else the latest')
    .option('--reason <text>', 'why, for the journal', '');
  return act.sure === undefined ? command : command.option('-y, --yes', 'do not ask');
}

async function doIt(wiring: Wiring, act: Act, nodes: readonly string[], options: Options): Promise<void> {
  const { terminal } = wiring;
  await withSession(wiring, options, async ({ rollouts }) => {
    const { id } = await pickRollout(rollouts, options.rollout);
    const commands = await commandsOf(rollouts, id, act, nodes);
    if (act.sure !== undefined && !options.yes) await confirm(wiring, `${act.kind} in rollout ${id}. ${act.sure}`);
    let refused = 0;
    for (const command of commands) {
      const answer = await rollouts.command(id, command, wiring.user, options.reason);
      if (!answer.ok) refused += 1;
      if (answer.ok) terminal.out(answer.note);
      else terminal.err(`refused: ${answer.note}`);
    }
    if ((await rollouts.engines()).length === 0) {
      terminal.err(`no engine is running: \`nodetide run --resume ${id}\` or \`nodetide up\` goes on`);
    }
    if (refused > 0) throw new CliError(EXIT.badInput, '');
  });
}

async function commandsOf(rollouts: Rollouts, id: string, { kind }: Act, nodes: readonly string[]): Promise<Command[]> {
  if (kind === 'pause' || kind === 'resume' || kind === 'abort') return [{ kind }];
  const status = await readStatus(rollouts, id);
  return nodes.map(asked => ({ kind, ...findNode(status, asked) }));
}
