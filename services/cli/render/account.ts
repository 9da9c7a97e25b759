import { foldLines } from '../../../shared/domain/fold-lines.ts';
import { line } from './line.ts';
import { harmless } from './text.ts';
import type { View } from './view.ts';

/**
 * An account (see Failure) behind `label`, set in as deep as that, at most `most` lines. Commands are cut only in a view that is
 * drawn again and again: elsewhere they are there to be copied.
 */
export function accountLines(
  account: readonly string[],
  { label, most, node }: { readonly label: string; readonly most: number; readonly node: string },
  view: View,
): string[] {
  const safe = account.map(each => harmless(each).replaceAll(/[\t\n]/g, ' '));
  const all = foldLines(safe, Math.max(20, view.columns - label.length));
  const shown = all.length <= most ? all : all.slice(0, Math.max(0, most - 1));
  const rest = all.length - shown.length;
  const indent = ' '.repeat(label.length);
  const lines = shown.map((each, index) => paintLine(index === 0 ? label : indent, each, view));
  if (rest === 0 || most === 0) return lines;
  return [...lines, paintLine(indent, `… ${rest} more lines: nodetide status --node ${node}`, view)];
}

function paintLine(before: string, text: string, view: View): string {
  const isCommand = text.trimStart().startsWith('$ ');
  const columns = isCommand && view.wholeCommands ? Number.POSITIVE_INFINITY : view.columns;
  const tone = isCommand ? 'strong' : text.startsWith(' ') ? 'plain' : 'warn';
  return line(
    [
      ['dim', before],
      [tone, text],
    ],
    columns,
    view.paint,
  );
}
