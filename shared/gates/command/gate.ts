import { fail } from '../../domain/failures/catalogue.ts';
import type { CommandGateSettings } from '../../domain/gate/command.ts';
import { closed, OPEN } from '../../domain/gate/gate.ts';
import type { PlanNode } from '../../domain/plan.ts';
import { clip } from '../../domain/text.ts';
import type { Gate, GateSources } from '../gate.ts';

/** What a command said. */
export interface CommandFacts {
  readonly isOpen: boolean;
  /** Its last line; empty: it said nothing. */
  readonly said: string;
}

const MOST_SAID = 300;

/** A command of the user's own that says whether nodes may be taken. */
export const commandGate: Gate<CommandGateSettings, CommandFacts> = {
  kind: 'command',
  scope: ({ of }) => (of === 'cluster' ? 'cluster' : 'each'),
  gather: async (settings, from, node) => {
    const { command: text, timeoutMs } = settings;
    const env = environment(settings, from, node);
    const { exitCode, output } = await from.control.run({ text, env, timeoutMs }, from.signal);
    const said = clip(output.trim().split('\n').at(-1) ?? '', MOST_SAID);
    if (exitCode === 0 || exitCode === 1) return { isOpen: exitCode === 0, said };
    throw fail('gate-answer', { message: `exit code ${exitCode}${said === '' ? '' : `: ${said}`}` });
  },
  judge: (_, { isOpen, said }) =>
    isOpen ? OPEN : closed([said === '' ? 'the command says no' : said], 'when its command ends with 0'),
};

/** The names are those of hooks. */
function environment(
  { name, of }: CommandGateSettings,
  { cluster, moment, rollout }: GateSources,
  node: PlanNode | null,
) {
  return {
    NODETIDE_GATE: name,
    NODETIDE_MOMENT: moment,
    NODETIDE_OF: of,
    NODETIDE_ROLLOUT: rollout,
    NODETIDE_CLUSTER: cluster.name,
    NODETIDE_NODE: node?.name ?? '',
    NODETIDE_ADDRESS: node?.host.address ?? '',
    NODETIDE_SEQUENCE: node === null || node.sequence === null ? '' : String(node.sequence),
    NODETIDE_ROLES: node?.roles.join(' ') ?? '',
  };
}
