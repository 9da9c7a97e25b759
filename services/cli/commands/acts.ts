import type { Command as Program } from 'commander';
import type { Command } from '../../../shared/domain/command.ts';
import type { RolloutStatus } from '../../../shared/domain/status.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Wiring } from '../wiring.ts';
import { registerAbort } from './abort.ts';
import { type ActOptions, actOn, withActOptions } from './act.ts';
import { findNode } from './rollout.ts';

type NodeKind = Extract<Command, { node: string }>['kind'];

interface Act<K> {
  readonly kind: K;
  readonly text: string;
  /** Asked before it is done; missing: done at once. */
  readonly sure?: string;
}

const NODE_ACTS: readonly Act<NodeKind>[] = [
  { kind: 'retry', text: 'try the failed step of nodes again' },
  {
    kind: 'skip',
    text: 'give nodes up and go on without them',
    sure: 'They stay in the state they are in. Skip them?',
  },
  {
    kind: 'redo',
    text: 'do nodes anew from drain, while their wave is open',
    sure: 'They are drained, upgraded and, where it is due, rebooted once more. Do them anew?',
  },
  {
    kind: 'repaired',
    text: 'take failed nodes for repaired: they are verified and uncordoned, nothing before that is done',
    sure: 'Their steps before verify are left out. Are they repaired?',
  },
  { kind: 'exclude', text: 'leave nodes out that have not begun' },
];
const ROLLOUT_ACTS: readonly Act<'pause' | 'resume' | 'stop'>[] = [
  { kind: 'pause', text: 'take no further node; those that are away go on to their end' },
  { kind: 'resume', text: 'go on after a pause or a stop' },
  { kind: 'stop', text: 'open no further wave; paused once the open ones are done' },
];

/** `nodetide retry|skip|redo|repaired|exclude NODE…`, `nodetide pause|resume|stop|abort` */
export function register(program: Program, wiring: Wiring): void {
  for (const act of NODE_ACTS) {
    const canAll = act.kind === 'retry';
    const command = program.command(act.kind).description(act.text);
    command.argument(canAll ? '[nodes...]' : '<nodes...>', 'NODE or CLUSTER/NODE');
    if (canAll) command.option('--all', 'every node that has failed');
    withActOptions(command, act.sure !== undefined).action(
      (nodes: string[], options: ActOptions & { all?: boolean }) => {
        if (canAll && (nodes.length === 0) !== (options.all ?? false)) {
          throw new CliError(EXIT.usage, 'say which nodes, or --all');
        }
        return actOn(wiring, options, status => ({ commands: commandsOf(status, act.kind, nodes), ...sureOf(act) }));
      },
    );
  }
  for (const act of ROLLOUT_ACTS) {
    const command = withActOptions(program.command(act.kind).description(act.text), act.sure !== undefined);
    command.action((options: ActOptions) =>
      actOn(wiring, options, () => ({ commands: [{ kind: act.kind }], ...sureOf(act) })),
    );
  }
  registerAbort(program, wiring);
}

function sureOf({ kind, sure }: Act<string>): { readonly sure?: string } {
  return sure === undefined ? {} : { sure: `${kind}: ${sure}` };
}

/** No node: every one that has failed. */
function commandsOf(status: RolloutStatus, kind: NodeKind, nodes: readonly string[]): Command[] {
  if (nodes.length === 0) return [{ kind: 'retry-all' }];
  return nodes.map(asked => ({ kind, ...findNode(status, asked) }));
}
