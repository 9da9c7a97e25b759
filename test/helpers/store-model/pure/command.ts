import type { Command } from '../../../../shared/domain/command.ts';
import { nodeKey, splitNodeKey } from '../../../../shared/domain/names.ts';
import type { CommandAnswer } from '../../../../shared/ports/store.ts';
import { type Actor, already, no, yes } from './answers.ts';
import { nodeCommand } from './node-command.ts';
import type { PureState } from './state.ts';

/** The command script; notes are shorter than its own. */
export function command(all: PureState, what: Command, who: Actor): CommandAnswer {
  if (what.kind === 'abort' && all.state === 'aborted') return already('aborted');
  if (all.state === 'done' || all.state === 'aborted') return no('the rollout has ended');
  switch (what.kind) {
    case 'pause':
    case 'resume':
    case 'stop':
    case 'abort':
      return rolloutCommand(all, what.kind, who);
    case 'retry-all':
      return retryAll(all, who);
    case 'concurrency':
      return concurrency(all, what, who);
    case 'failure-budget':
      return failureBudget(all, what, who);
    case 'approve':
    case 'revoke':
      return no('not here');
    default: {
      const node = all.nodes.get(nodeKey(what.cluster, what.node));
      return node ? nodeCommand(all, what, node, who) : no('there is no such node');
    }
  }
}

function rolloutCommand(all: PureState, kind: 'pause' | 'resume' | 'stop' | 'abort', who: Actor): CommandAnswer {
  if (all.state === 'aborting') return kind === 'abort' ? already('aborting') : no('the rollout is aborting');
  switch (kind) {
    case 'pause':
      if (all.state === 'paused') return already('paused');
      all.state = 'paused';
      all.tell({ type: 'rollout-paused', ...who });
      return yes('paused');
    case 'resume':
      if (all.state === 'running') return already('running');
      all.state = 'running';
      all.tell({ type: 'rollout-resumed', ...who });
      return yes('resumed');
    case 'stop':
      if (all.state !== 'running') return already(all.state);
      all.state = 'stopping';
      all.tell({ type: 'rollout-stopping', ...who });
      all.pauseOnceStopped();
      return yes('stopping');
    case 'abort':
      abort(all, who);
      return yes('aborting');
  }
}

function abort(all: PureState, who: Actor): void {
  all.state = 'aborting';
  all.tell({ type: 'rollout-aborting', ...who });
  for (const [key, node] of all.nodes) {
    if (node.state === 'pending') {
      const when = node.round > 0 ? 'while it waited to be done anew' : 'before it was begun';
      all.settle(key, node, 'aborted', `aborted ${when}`);
    } else if (node.state === 'claimed' || node.state === 'failed') node.flag = 'abort';
  }
}

function retryAll(all: PureState, who: Actor): CommandAnswer {
  let count = 0;
  for (const key of [...all.failed].toSorted()) {
    const node = all.nodes.get(key);
    if (node?.state !== 'failed' || node.flag !== '' || node.retryAsked) continue;
    Object.assign(node, { retryAsked: true, retriedRound: node.round });
    all.tell({ type: 'node-retried', ...splitNodeKey(key), ...who });
    count += 1;
  }
  return count === 0 ? already('so') : yes(`${count} go on`);
}

function concurrency(all: PureState, what: Extract<Command, { kind: 'concurrency' }>, who: Actor): CommandAnswer {
  const { cluster, wave, concurrency: wanted } = what;
  const field = `${cluster}/${wave}`;
  const now = all.concurrency.get(field);
  if (now === undefined) return no('there is no such wave');
  if (!Number.isInteger(wanted) || wanted < 1) return no('a whole number from 1');
  if (all.marks.has(`wave-done:${field}`)) return no('the wave is over');
  if (now === wanted) return already('so');
  all.concurrency.set(field, wanted);
  all.tell({ type: 'concurrency-changed', cluster, wave, concurrency: wanted, ...who });
  return yes('changed');
}

function failureBudget(all: PureState, what: Extract<Command, { kind: 'failure-budget' }>, who: Actor): CommandAnswer {
  const { place, budget } = what;
  const wave = place.of === 'wave' ? place.wave : 0;
  if (place.of !== 'rollout' && !all.concurrency.has(`${place.cluster}/${wave}`)) return no('there is no such place');
  if (!Number.isInteger(budget) || budget < 0) return no('a whole number from 0');
  const field = { rollout: '', cluster: '', wave: '', ...(place.of === 'rollout' ? {} : { cluster: place.cluster }) };
  const name = place.of === 'wave' ? `${field.cluster}/${wave}` : field.cluster;
  if (all.budgets.get(name) === budget) return already('so');
  all.budgets.set(name, budget);
  all.tell({ type: 'failure-budget-changed', place, budget, ...who });
  return yes('changed');
}
