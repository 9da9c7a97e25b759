import { closed, type GateVerdict, OPEN } from '../../domain/gate/gate.ts';
import type { QuorumGateSettings } from '../../domain/gate/quorum.ts';
import type { Gate, GateQuestion } from '../gate.ts';
import { gatherQuorum, type QuorumFacts } from './facts.ts';
import { memberNames, voterNames } from './members.ts';

/** How many are named. */
const MOST_REASONS = 3;

/** A member of a quorum goes only while every other one is well, and is well itself when it is back. */
export const quorumGate: Gate<QuorumGateSettings, QuorumFacts> = {
  kind: 'quorum',
  scope: () => 'node',
  gather: gatherQuorum,
  judge,
  oneAtATime: (settings, facts, { nodes, cluster }) => memberNames(settings, facts.named, nodes, cluster),
};

function judge(settings: QuorumGateSettings, facts: QuorumFacts, question: GateQuestion): GateVerdict {
  const { node, nodes, cluster, moment } = question;
  const names = memberNames(settings, facts.named, nodes, cluster);
  if (node === null || !names.includes(node.name)) return OPEN;
  if (moment === 'verify') return verdictOf([node.name], facts, question, 'when it is');
  // Of three members and more, all but one are a majority: nothing is left to count once all others are well.
  const voters = voterNames(settings, names, nodes);
  if (voters.length <= 2 && voters.includes(node.name) && !cluster.policy.allowControlPlaneOutage) {
    const count = voters.length === 1 ? 'one member' : 'two members';
    const reason = `the quorum has ${count} (${voters.join(', ')}), and does not outlast a reboot`;
    return closed([reason], 'with allowControlPlaneOutage: true in a new plan');
  }
  const others = moment === 'recovery' ? names : names.filter(name => name !== node.name);
  return verdictOf(others, facts, question, 'when every other member is well');
}

function verdictOf(names: readonly string[], facts: QuorumFacts, question: GateQuestion, opens: string): GateVerdict {
  const troubles = names.flatMap(name => troubleOf(name, facts, question) ?? []);
  if (troubles.length === 0) return OPEN;
  const more = troubles.length > MOST_REASONS ? [`${troubles.length - MOST_REASONS} more members are not well`] : [];
  return closed([...troubles.slice(0, MOST_REASONS), ...more], opens);
}

/** Why a member is not well; null: it is, as far as anything tells. */
function troubleOf(name: string, { named, pods, answers }: QuorumFacts, { nodes }: GateQuestion): string | null {
  const view = nodes.get(name);
  const said = named?.find(member => member.name === name);
  if (said?.healthy === false) return `${name} is not healthy${said.reason === '' ? '' : `: ${said.reason}`}`;
  const answer = answers.get(name);
  if (typeof answer === 'string') return `${name} is not healthy: ${answer}`;
  if (!view) {
    const isTold = said?.healthy === true || answer === null;
    return isTold ? null : `${name}: there is no such Node, and nothing else tells its health`;
  }
  if (!view.ready) return `${name} is not Ready: ${view.notReadyReason}`;
  const pod = pods.find(each => each.nodeName === name && !each.ready);
  return pod ? `${name}: ${pod.namespace}/${pod.name} is not ready` : null;
}
