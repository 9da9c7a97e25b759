import { type LeftNode, leftNodes } from '../../../shared/domain/left-nodes.ts';
import type { RolloutStatus } from '../../../shared/domain/status.ts';
import type { Terminal } from '../terminal.ts';
import { line } from './line.ts';
import { painter, type Tone } from './paint.ts';
import { oneLine, wrap } from './text.ts';
import type { Detail, View } from './view.ts';

/** What a person has to look after: a heading and a paragraph for each node; empty: nothing. */
export function leftNodeLines(
  status: RolloutStatus,
  { troubles }: Pick<Detail, 'troubles'>,
  view: Pick<View, 'columns' | 'paint'>,
): string[] {
  const left = leftNodes(status);
  if (left.length === 0) return [];
  const shown = left.slice(0, troubles);
  const rest = left.length - shown.length;
  const more = rest > 0 ? ['', line([['warn', `… ${rest} more: nodetide status`]], view.columns, view.paint)] : [];
  return [
    '',
    line([['strong', heading(left)]], view.columns, view.paint),
    ...shown.flatMap(each => one(each, view)),
    ...more,
  ];
}

/** The same for a terminal, whole; empty: there is nothing to look after. */
export function leftNodesText(status: RolloutStatus, terminal: Pick<Terminal, 'size' | 'colour'>): string[] {
  const view = { columns: terminal.size().columns, paint: painter(terminal.colour) };
  return leftNodeLines(status, { troubles: Number.POSITIVE_INFINITY }, view);
}

function heading(left: readonly LeftNode[]): string {
  const well = left.filter(each => each.well).length;
  const ending = left.filter(each => each.kind === 'ending').length;
  const bad = left.length - well - ending;
  const parts = [
    bad > 0 ? `${bad} to put right` : '',
    ending > 0 ? `${ending} still ending` : '',
    well > 0 ? `${well} in service with more to do` : '',
  ];
  return `Left for a person: ${parts.filter(part => part !== '').join(', ')}`;
}

function one(left: LeftNode, view: Pick<View, 'columns' | 'paint'>): string[] {
  const [tone, sign]: [Tone, string] = left.well
    ? ['good', '✓']
    : left.kind === 'ending'
      ? ['active', '●']
      : ['bad', '✗'];
  const where = left.step === null ? '' : ` in ${left.step}`;
  const head = `${left.cluster}/${left.node} ${left.kind}${where}`;
  return [
    line([[tone, `${sign} `], head], view.columns, view.paint),
    ...field('left', left.state, view),
    ...field('do', left.todo, view),
  ];
}

/** Whole, whatever its length: what a person is to do is never cut. */
function field(name: string, text: string, view: Pick<View, 'columns' | 'paint'>): string[] {
  if (text === '') return [];
  return wrap(oneLine(text), view.columns - 8).map((each, index) => {
    const label = index === 0 ? `  ${name.padEnd(6)}` : ' '.repeat(8);
    return line([['dim', label], each], view.columns, view.paint);
  });
}
