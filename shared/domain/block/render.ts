import type { Block, BudgetNumbers } from './block.ts';

/** Unhealthy pods shown one by one; the rest is counted. */
const SHOWN_PODS = 6;
/** Nodes named in a line. */
const SHOWN_NODES = 6;

/**
 * A block as lines for people: what and why, the numbers, where the other pods are, what to do. A line that begins with
 * `$` behind its indentation is a command. `alike`: names of further pods held for the same reason.
 */
export function blockLines(block: Block, alike: readonly string[] = []): string[] {
  return [
    `${block.pod} (${ownerText(block)})${alikeText(alike)}: ${block.cause.text}`,
    ...block.budgets.map(budget => `  ${budgetText(budget)}`),
    ...healthyLine(block),
    ...unhealthyLines(block),
    ...awayLine(block),
    ...(block.unread.length > 0 ? [`  could not be read: ${block.unread.join(', ')}`] : []),
    ...block.unblocks.flatMap(({ text, command }) => [`  → ${text}`, ...(command === '' ? [] : [`    $ ${command}`])]),
  ];
}

/** A block in one line that stays the same while nothing of note changes: no times, no restarts. */
export function blockReason(block: Block, alike: number): string {
  return `waiting for ${block.pod}${alike > 0 ? ' and others' : ''}: ${block.cause.short}`;
}

/** `Deployment web`. */
export function ownerText({ owner }: Pick<Block, 'owner'>): string {
  return owner ? `${owner.kind} ${owner.name}` : 'no controller';
}

function alikeText(alike: readonly string[]): string {
  if (alike.length === 0) return '';
  if (alike.length === 1) return ` and ${alike[0]}`;
  return ` and ${alike.length} others like it`;
}

function budgetText({ name, rule, healthy, needed, expected, allowed, selector }: BudgetNumbers): string {
  const which = selector === null ? 'selects nothing' : selector === '' ? 'all pods of the namespace' : selector;
  const numbers = `${healthy} of ${expected} healthy, ${needed} needed, ${allowed} may go`;
  return `budget ${name}: ${rule === '' ? 'no rule' : rule} over ${which}; ${numbers}`;
}

function healthyLine({ healthy, node }: Block): string[] {
  if (healthy.length === 0) return [];
  const [shown, rest] = [healthy.slice(0, SHOWN_NODES), healthy.slice(SHOWN_NODES)];
  const parts = shown.map(each => `${each.pods} on ${each.node}${each.node === node ? ' (this node)' : ''}`);
  const more = rest.reduce((sum, each) => sum + each.pods, 0);
  return [`  healthy: ${[...parts, ...(more > 0 ? [`${more} on ${rest.length} other nodes`] : [])].join(', ')}`];
}

function unhealthyLines({ unhealthy, moreUnhealthy, node }: Block): string[] {
  const lines = unhealthy.slice(0, SHOWN_PODS).map(each => {
    // Where it is stands in the words already when its node is the trouble.
    const away = each.away && !each.away.down && each.node !== node ? ` (on ${each.node}, ${each.away.text})` : '';
    return `  not healthy: ${each.pod} ${each.text}${away}`;
  });
  const more = moreUnhealthy + Math.max(0, unhealthy.length - SHOWN_PODS);
  return more > 0 ? [...lines, `  not healthy: ${more} more`] : lines;
}

function awayLine({ away }: Block): string[] {
  return away.length === 0
    ? []
    : [`  nodes that take no pods: ${away.map(each => `${each.node} (${each.text})`).join(', ')}`];
}
