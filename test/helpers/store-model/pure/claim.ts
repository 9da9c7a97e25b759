import type { ClaimAnswer, ClaimRequest } from '../../../../shared/ports/engine-store.ts';
import { isSettled, type MutableNode, type PureState } from './state.ts';

interface Open {
  readonly candidate: ClaimRequest['candidates'][number];
  readonly node: MutableNode;
}

/** The claim script. */
export function claim(all: PureState, req: ClaimRequest): ClaimAnswer {
  const holding = giveBack(all, req);
  if (holding) return holding;
  const { cluster, wave, slot } = req;
  const field = `${cluster}/${wave}`;
  const live = all.set(all.slots, field);
  const leave = (kind: 'retired' | 'empty'): ClaimAnswer => {
    live.delete(slot);
    all.stopWaiting(slot, cluster, wave);
    return { kind };
  };
  const counted = [...live].filter(each => !all.holdsFailed(each)).length;
  const most = all.concurrency.get(field) ?? 0;
  if (all.open.get(cluster) !== wave || !live.has(slot) || counted > most) return leave('retired');
  const isEmpty = () => all.set(all.pending, field).size === 0 && openOf(all, req).length === 0;
  if (isEmpty()) return leave('empty');
  const shut = closedBy(all, req);
  if (shut) return closed(all, req, shut);
  settleAndHold(all, req);
  if (isEmpty()) return leave('empty');
  return take(all, req, openOf(all, req));
}

function giveBack(all: PureState, { cluster, wave, slot, give }: ClaimRequest): ClaimAnswer | null {
  const key = all.holding.get(slot);
  const held = key === undefined ? undefined : all.nodes.get(key);
  if (key === undefined || !held) return null;
  const name = key.slice(cluster.length + 1);
  if (give?.node !== name || give.round !== held.round || !isSettled(held)) {
    return { kind: 'holding', node: name, round: held.round };
  }
  all.release(slot, cluster, name);
  held.slot = '';
  all.tell({ type: 'slot-released', cluster, node: name, wave, slot });
  return null;
}

function openOf(all: PureState, { cluster, wave, candidates }: ClaimRequest): Open[] {
  return candidates.flatMap(candidate => {
    const node = all.nodes.get(`${cluster}/${candidate.node}`);
    const fits = node?.state === 'pending' && (candidate.adopt || node.wave === wave);
    return node && fits ? [{ candidate, node }] : [];
  });
}

function closed(all: PureState, { cluster, wave, slot }: ClaimRequest, reasons: readonly string[]): ClaimAnswer {
  all.wait(slot, cluster, wave, reasons);
  return { kind: 'closed', reasons };
}

function closedBy(all: PureState, req: ClaimRequest): readonly string[] | null {
  if (req.closed.length > 0) return req.closed;
  if (all.state !== 'running' && all.state !== 'stopping') return [`the rollout is ${all.state}`];
  if (all.nowMs - req.factsAtMs <= req.factsMaxAgeMs) return null;
  return [`the facts about cluster ${req.cluster} are older than ${req.factsMaxAgeMs} ms`];
}

function settleAndHold(all: PureState, req: ClaimRequest): void {
  const { cluster } = req;
  const open = openOf(all, req);
  for (const { node: name, state, reason } of req.settle) {
    const node = all.nodes.get(`${cluster}/${name}`);
    if (node?.state === 'pending') all.settle(`${cluster}/${name}`, node, state, reason);
  }
  for (const { node: name, reason } of req.held) {
    const mark = `node ${cluster}/${name}`;
    const isPending = all.nodes.get(`${cluster}/${name}`)?.state === 'pending';
    if (!isPending || all.waiting.get(mark) === reason) continue;
    all.waiting.set(mark, reason);
    all.tell({ type: 'node-held', cluster, node: name, reason });
  }
  for (const { candidate, node } of open) {
    if (node.state !== 'pending' || !all.waiting.delete(`node ${cluster}/${candidate.node}`)) continue;
    all.tell({ type: 'node-held-over', cluster, node: candidate.node });
  }
}

function take(all: PureState, req: ClaimRequest, open: readonly Open[]): ClaimAnswer {
  const reasons = new Set<string>();
  for (const each of open) {
    const reason = each.candidate.adopt ? null : refusal(all, req, each);
    if (reason === null) return claimed(all, req, each);
    if (reasons.size < 5) reasons.add(reason);
  }
  const more = req.held.map(({ node, reason }) => `${node}: ${reason}`).slice(0, 5 - reasons.size);
  const told = [...reasons, ...more];
  return closed(all, req, told.length > 0 ? told : ['no node can be taken now']);
}

function refusal(all: PureState, req: ClaimRequest, { candidate, node }: Open): string | null {
  const { cluster, maxUnavailable } = req;
  if (req.shut.length > 0) return req.shut.join('; ');
  if (candidate.shut !== undefined) return candidate.shut;
  const spent = all.budgetSpent(cluster, node.wave);
  if (spent !== null) return spent;
  const holders = [...all.set(all.claimed, cluster)];
  const record = (name: string) => all.nodes.get(`${cluster}/${name}`);
  const busy = holders.filter(name => record(name)?.state !== 'failed').length;
  const again = holders.filter(name => {
    const other = record(name);
    return other?.state === 'failed' && other.retryAsked && other.flag === '';
  });
  const most = all.concurrency.get(`${cluster}/${req.wave}`) ?? 0;
  if (busy >= most) return `${busy} of ${most} nodes of the wave are away`;
  if (busy + again.length >= most) return `tried again first: ${again.toSorted().join(', ')}`;
  const away = new Set([...holders, ...req.unavailable, ...req.unavailableControlPlane]);
  if (away.size - (away.has(candidate.node) ? 1 : 0) + 1 > maxUnavailable) {
    return `maxUnavailable ${maxUnavailable}: away are ${[...away].toSorted().join(', ')}`;
  }
  const foreign = new Set(req.unavailableControlPlane);
  const other = [...away].find(name => name !== candidate.node && (record(name)?.controlPlane || foreign.has(name)));
  if (node.controlPlane && other) return `one control-plane node at a time: ${other} is away`;
  return crowded(req, candidate.node, away);
}

/** A node in no domain counts in all. */
function crowded(req: ClaimRequest, name: string, away: ReadonlySet<string>): string | null {
  for (const { domains } of req.perDomain ?? []) {
    const known = new Set(domains.flatMap(domain => domain.nodes));
    const own = domains.find(domain => domain.nodes.includes(name));
    const beside = [...away].filter(other => {
      return other !== name && (own === undefined || own.nodes.includes(other) || !known.has(other));
    });
    const { name: called, max } = own ?? { name: 'domain not known', max: 1 };
    if (beside.length >= max) return `${called}: ${beside.length} of ${max} away: ${beside.toSorted().join(', ')}`;
  }
  return null;
}

function claimed(all: PureState, req: ClaimRequest, { candidate, node }: Open): ClaimAnswer {
  const { cluster, slot } = req;
  const name = candidate.node;
  const round = node.round + 1;
  Object.assign(node, { state: 'claimed', round, slot, step: '', attempt: 0, reason: '' });
  all.set(all.pending, `${cluster}/${node.wave}`).delete(name);
  all.set(all.claimed, cluster).add(name);
  all.holding.set(slot, `${cluster}/${name}`);
  if (node.wave === req.wave) all.waiting.delete(slot);
  else all.stopWaiting(slot, cluster, req.wave);
  all.tell({ type: 'node-claimed', cluster, node: name, wave: node.wave, slot, round, adopted: candidate.adopt });
  return { kind: 'claimed', node: name, round };
}
