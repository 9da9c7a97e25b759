import type { Command as Program } from 'commander';
import type { Command } from '../../../shared/domain/command.ts';
import type { RolloutStatus } from '../../../shared/domain/status.ts';
import { ACT_WORDS, sureText } from '../../../shared/domain/words/act.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Wiring } from '../wiring.ts';
import { registerAbort } from './abort.ts';
import { type ActOptions, actOn, withActOptions } from './act.ts';
import { findNode } from './rollout.ts';

type NodeKind = Extract<Command, { node: string }>['kind'];

const NODE_ACTS: readonly NodeKind[] = ['retry', 'skip', 'redo', 'repaired', 'exclude'];
const ROLLOUT_ACTS = ['pause', 'resume', 'stop'] as const;

/** `nodetide retry|skip|redo|repaired|exclude NODE…`, `nodetide pause|resume|stop|abort` */
export function register(program: Program, wiring: Wiring): void {
  for (const kind of NODE_ACTS) {
    const canAll = kind === 'retry';
    const command = program.command(kind).description(ACT_WORDS[kind].does);
    command.argument(canAll ? '[nodes...]' : '<nodes...>', 'NODE or CLUSTER/NODE');
    if (canAll) command.option('--all', 'every node that has failed');
    withActOptions(command, sureText(kind) !== undefined).action(
      (nodes: string[], options: ActOptions & { all?: boolean }) => {
        if (canAll && (nodes.length === 0) !== (options.all ?? false)) {
          throw new CliError(EXIT.usage, 'say which nodes, or --all');
        }
        return actOn(wiring, options, status => ({ commands: commandsOf(status, kind, nodes), ...sureOf(kind) }));
      },
    );
  }
  for (const kind of ROLLOUT_ACTS) {
    const command = withActOptions(program.command(kind).description(ACT_WORDS[kind].does), false);
    command.action((options: ActOptions) => actOn(wiring, options, () => ({ commands: [{ kind }] })));
  }
  registerAbort(program, wiring);
}

function sureOf(kind: NodeKind): { readonly sure?: string } {
  const sure = sureText(kind);
  return sure === undefined ? {} : { sure };
}

/** No node: every one that has failed. */
function commandsOf(status: RolloutStatus, kind: NodeKind, nodes: readonly string[]): Command[] {
  if (nodes.length === 0) return [{ kind: 'retry-all' }];
  return nodes.map(asked => ({ kind, ...findNode(status, asked) }));
}
