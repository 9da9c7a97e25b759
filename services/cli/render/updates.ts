import { reasonsOf } from '../../../shared/domain/reboot-due.ts';
import { dueText } from '../../common/planning/due-text.ts';
import type { Due } from '../../common/planning/probe.ts';
import { type Paint, painter } from './paint.ts';
import { oneLine, pad, width as textWidth, wrap } from './text.ts';

/** A package as it is told: its name, what becomes of it, and why it does not. */
type Row = readonly [name: string, becomes: string, mark: string];

/** What each host would get, package by package; hosts that would get the same stand together. */
export function renderUpdates(due: readonly Due[], view: { readonly width: number; readonly color: boolean }): string {
  const paint = painter(view.color);
  const groups = new Map<string, { readonly nodes: string[]; readonly first: Due }>();
  for (const each of due) {
    const { pending = null, reboot = null } = each.work ?? {};
    const key = JSON.stringify([dueText(each), pending, reboot?.evidence, reboot?.warnings]);
    const group = groups.get(key) ?? { nodes: [], first: each };
    group.nodes.push(`${each.cluster}/${each.node}`);
    groups.set(key, group);
  }
  const lines = [...groups.values()].flatMap(({ nodes, first }) => groupLines(nodes, first, view.width, paint));
  return [paint('strong', 'Updates'), ...lines].join('\n');
}

function groupLines(nodes: readonly string[], due: Due, width: number, paint: Paint): string[] {
  const title = wrap(`${nodes.join(', ')}: ${oneLine(dueText(due))}`, Math.max(20, width - 4));
  const pending = due.work?.pending ?? { changes: [], left: [], problems: [] };
  const rows: Row[] = [
    ...pending.changes.map(({ name, before, after }): Row => [oneLine(name), becomes(before, after), '']),
    ...pending.left.map(
      ({ name, before, available, reason }): Row => [oneLine(name), becomes(before, available), `left: ${reason}`],
    ),
  ];
  const names = Math.max(0, ...rows.map(([name]) => textWidth(name)));
  const changes = Math.max(0, ...rows.map(([, change]) => textWidth(change)));
  return [
    ...title.map((line, index) => `  ${index === 0 ? '' : '  '}${line}`),
    ...rows.map(([name, change, mark]) => {
      const text = `      ${pad(name, names)}  ${pad(change, changes)}  ${mark}`.trimEnd();
      return mark === '' ? text : paint('dim', text);
    }),
    ...pending.problems.flatMap(({ message }) =>
      wrap(`refused: ${oneLine(message)}`, Math.max(20, width - 6)).map(line => paint('bad', `      ${line}`)),
    ),
    ...rebootLines(due, width, paint),
  ];
}

/** Why a reboot is due, and what none would mend. */
function rebootLines(due: Due, width: number, paint: Paint): string[] {
  if (due.work === null) return [];
  const { needed, evidence, warnings = [] } = due.work.reboot;
  const told = (text: string, style: 'dim' | 'bad') =>
    wrap(oneLine(text), Math.max(20, width - 6)).map(line => paint(style, `      ${line}`));
  return [
    ...(needed ? reasonsOf(evidence).flatMap(reason => told(`reboot: ${reason}`, 'dim')) : []),
    ...warnings.flatMap(warning => told(`warning: ${warning}`, 'bad')),
  ];
}

function becomes(before: string | null, after: string | null): string {
  if (after === null) return `${oneLine(before ?? '')} → removed`;
  return before === null ? `new → ${oneLine(after)}` : `${oneLine(before)} → ${oneLine(after)}`;
}
