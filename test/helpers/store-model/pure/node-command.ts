import type { Command } from '../../../../shared/domain/command.ts';
import { nodeKey } from '../../../../shared/domain/names.ts';
import { STEPS } from '../../../../shared/domain/steps.ts';
import type { CommandAnswer } from '../../../../shared/ports/store.ts';
import { type Actor, already, no, yes } from './answers.ts';
import { isSettled, type MutableNode, type PureState } from './state.ts';

type NodeCommand = Extract<Command, { node: string }>;

/** The part of the command script that is about one node. */
export function nodeCommand(all: PureState, what: NodeCommand, node: MutableNode, who: Actor): CommandAnswer {
  switch (what.kind) {
    case 'retry':
      return retry(all, what, node, who);
    case 'repaired':
      return repaired(all, what, node, who);
    case 'skip':
      return skip(all, what, node, who);
    case 'exclude':
      return exclude(all, what, node, who);
    case 'redo':
      return redo(all, what, node, who);
  }
}

const because = (what: string, { by, why }: Actor): string => `${what} by ${by}${why === '' ? '' : `: ${why}`}`;

function retry(all: PureState, { cluster, node: name }: NodeCommand, node: MutableNode, who: Actor): CommandAnswer {
  if (node.flag !== '' && !isSettled(node)) return no(`it is flagged ${node.flag}`);
  if (node.state !== 'failed') {
    return node.retriedRound === node.round && node.round > 0 ? already('so') : no('it has not failed');
  }
  if (node.retryAsked) return already('so');
  Object.assign(node, { retryAsked: true, retriedRound: node.round });
  all.tell({ type: 'node-retried', cluster, node: name, ...who });
  return yes('goes on');
}

function repaired(all: PureState, { cluster, node: name }: NodeCommand, node: MutableNode, who: Actor): CommandAnswer {
  if (node.flag !== '' && !isSettled(node)) return no(`it is flagged ${node.flag}`);
  const isKnown = node.repairedRound === node.round && node.round > 0;
  if (node.state !== 'failed') return isKnown ? already('so') : no('it has not failed');
  const at = `${nodeKey(cluster, name)}/${node.round}/`;
  const left = STEPS.slice(0, STEPS.indexOf('verify')).filter(step => !all.results.has(at + step));
  if (left.length === 0 && node.retryAsked && isKnown) return already('so');
  Object.assign(node, { repairedRound: node.round, retryAsked: true, retriedRound: node.round });
  all.tell({ type: 'node-repaired', cluster, node: name, ...who });
  for (const step of left) {
    all.results.add(at + step);
    all.memory.delete(at + step);
    const reason = because('repaired', who);
    all.tell({ type: 'step-skipped', cluster, node: name, round: node.round, step, reason });
  }
  return yes('verified and uncordoned');
}

function skip(all: PureState, { cluster, node: name }: NodeCommand, node: MutableNode, who: Actor): CommandAnswer {
  if (node.state === 'skipped' || node.flag === 'skip') return already('so');
  if (isSettled(node) || node.flag === 'abort') return no(`it is ${node.state}`);
  all.tell({ type: 'node-skip-asked', cluster, node: name, ...who });
  if (node.state === 'pending') all.settle(nodeKey(cluster, name), node, 'skipped', because('skipped', who));
  else node.flag = 'skip';
  return yes('skipped');
}

function exclude(all: PureState, { cluster, node: name }: NodeCommand, node: MutableNode, who: Actor): CommandAnswer {
  if (node.state === 'excluded') return already('so');
  if (node.state !== 'pending') return no('it has begun');
  all.settle(nodeKey(cluster, name), node, 'excluded', because('excluded', who));
  return yes('excluded');
}

function redo(all: PureState, { cluster, node: name }: NodeCommand, node: MutableNode, who: Actor): CommandAnswer {
  if (all.state === 'aborting') return no('the rollout is aborting');
  if (node.state === 'pending') return already('so');
  if (all.open.get(cluster) !== node.wave) return no('its wave is not open');
  if (node.flag === 'redo') return already('so');
  all.tell({ type: 'node-redo-asked', cluster, node: name, ...who });
  if (isSettled(node)) all.beginAnew(nodeKey(cluster, name), node);
  else node.flag = 'redo';
  return yes('done anew');
}
