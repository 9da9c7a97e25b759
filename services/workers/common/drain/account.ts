import { analyseBlock, type BlockFacts } from '../../../../shared/domain/block/analyse.ts';
import type { Block } from '../../../../shared/domain/block/block.ts';
import type { EvictionSeen } from '../../../../shared/domain/block/cause.ts';
import { ownerOf } from '../../../../shared/domain/block/owner.ts';
import { blockLines, blockReason, ownerText } from '../../../../shared/domain/block/render.ts';
import { flat } from '../../../../shared/domain/text.ts';
import { blockFacts, type Looking } from './block-facts.ts';
import type { LeftPod } from './evict.ts';
import { podName } from './judge.ts';

/** What is left on a node, and why. */
export interface DrainAccount {
  /** A line for each reason: which pods, and why they are still there. */
  readonly heads: readonly string[];
  /** The same with all that was found out (see Failure). */
  readonly lines: readonly string[];
  /** What the drain waits for, in one line that stays the same while nothing of note changes. */
  readonly reason: string;
  /** What a person can do first; empty: nothing better is known than what always holds. */
  readonly todo: string;
}

/** Reasons told; the rest is counted. */
const MOST_GROUPS = 12;
/** Reasons looked at, to tell the worst. */
const MOST_ANALYSED = 24;
/** Reasons told with all that was found out are those that begin within so many lines: an account is kept and sent. */
const FULL_LINES = 50;

/**
 * Why the pods are still there, those held for the same reason together, what needs a person first. `look` false:
 * nothing is read for it. Never fails: what the API does not tell is left out.
 */
export async function accountOf(left: readonly LeftPod[], looking: Looking, look: boolean): Promise<DrainAccount> {
  const facts = await blockFacts(left, looking, look);
  const groups = groupsOf(left).toSorted((a, b) => Number(isGoing(a.first)) - Number(isGoing(b.first)));
  const explained = groups.slice(0, MOST_ANALYSED).map(group => explain(group, facts, look));
  const told = explained.toSorted((a, b) => a.rank - b.rank).slice(0, MOST_GROUPS);
  const [first] = told;
  const rest = left.length - told.reduce((sum, each) => sum + each.pods, 0);
  const more = rest > 0 ? [`and ${rest} pods more`] : [];
  return {
    heads: [...told.map(each => each.lines[0] ?? ''), ...more],
    lines: [...linesOf(told), ...more],
    reason: first ? first.reason(left.length - 1) : 'waiting for pods',
    todo: first?.todo ?? '',
  };
}

function linesOf(told: readonly Explained[]): string[] {
  const lines: string[] = [];
  for (const each of told) lines.push(...(lines.length < FULL_LINES ? each.lines : each.lines.slice(0, 1)));
  return lines;
}

/** Pods of the same workload that are left for the same reason; the first speaks for all. */
interface Group {
  readonly first: LeftPod;
  /** Names of the others. */
  readonly alike: readonly string[];
}

interface Explained {
  readonly pods: number;
  /** Lower needs a person sooner. */
  readonly rank: number;
  readonly lines: readonly string[];
  readonly todo: string;
  reason(others: number): string;
}

function groupsOf(left: readonly LeftPod[]): Group[] {
  const groups = new Map<string, LeftPod[]>();
  for (const each of left) {
    const { pod, answer } = each;
    const budgets = answer?.kind === 'refused' ? answer.budgets.join(' ') : '';
    const key = JSON.stringify([isGoing(each), pod.namespace, pod.controller, answer?.kind, budgets, pod.ready]);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap(group => {
    // Of those that stop, the one that should have been gone first.
    const [first, ...others] = group.toSorted((a, b) => (a.pod.deletionMs ?? 0) - (b.pod.deletionMs ?? 0));
    return first ? [{ first, alike: others.map(each => podName(each.pod)) }] : [];
  });
}

/** Of these nothing is asked any more. */
function isGoing({ pod, answer }: LeftPod): boolean {
  return pod.deletionMs !== null || answer?.kind === 'accepted';
}

function explain({ first, alike }: Group, facts: (pod: LeftPod) => BlockFacts, look: boolean): Explained {
  const answer = seenOf(first, look);
  if (answer === null) return plainly({ first, alike });
  const block = analyseBlock(first.pod, answer, facts(first));
  const isNormal = block.cause.kind === 'stopping';
  const lines = blockLines(block, alike);
  return {
    pods: alike.length + 1,
    rank: isNormal ? 3 : PASSING.includes(block.cause.kind) ? 1 : 0,
    lines: isNormal ? lines.slice(0, 1) : lines,
    todo: isNormal ? '' : todoOf(block),
    reason: count => blockReason(block, count),
  };
}

/** A pod with nothing to be analysed. */
function plainly({ first, alike }: Group): Explained {
  const why = shortly(first);
  const who = `${podName(first.pod)} (${ownerText({ owner: ownerOf(first.pod) })})`;
  const text = `${who}${alike.length > 0 ? ` and ${alike.length} others like it` : ''}: ${why}${wordsOf(first)}`;
  const reason = (count: number) => `waiting for ${podName(first.pod)}${count > 0 ? ' and others' : ''}: ${why}`;
  return { pods: alike.length + 1, rank: 2, lines: [text], todo: '', reason };
}

/** These pass by themselves. */
const PASSING: readonly Block['cause']['kind'][] = ['budget-free', 'budget-gone', 'settling', 'server-busy'];

/** null: nothing to be analysed. */
function seenOf(left: LeftPod, look: boolean): EvictionSeen | null {
  const { answer } = left;
  if (isGoing(left)) return { kind: 'accepted', message: '', budgets: [] };
  if (answer === null || answer.kind === 'accepted' || answer.kind === 'gone' || answer.kind === 'trouble') return null;
  if (answer.kind === 'refused') return look || answer.budgets.length === 0 ? answer : null;
  return { kind: answer.kind, message: answer.message, budgets: [] };
}

function shortly({ answer }: LeftPod): string {
  if (answer === null) return 'its eviction was not asked for yet';
  if (answer.kind === 'gone') return 'evicted, not seen gone yet';
  if (answer.kind === 'trouble') return 'the API server is in trouble';
  return answer.kind === 'refused' ? `refused by budget ${answer.budgets.join(', ')}` : answer.kind;
}

/** What the server said, where that is not analysed; it may be another each time. */
function wordsOf({ answer }: LeftPod): string {
  return answer?.kind === 'trouble' ? `: ${flat(answer.message)}` : '';
}

function todoOf({ unblocks }: Block): string {
  const [first] = unblocks;
  if (!first) return '';
  return first.command === '' ? first.text : `${first.text}: ${first.command}`;
}
