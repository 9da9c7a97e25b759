import type { LeftPackage, PackageChange } from '../../proof.ts';
import { counted } from '../../text.ts';
import { UNPROVED } from '../changes-text.ts';
import type { NodeReport } from '../report.ts';
import { groupBy, names } from './groups.ts';
import { plain, table } from './words.ts';

/** Longer lists are folded away. */
const SHOWN = 12;

/** What changed, once for all nodes on which the same did, most nodes first; and what was left as it was. */
export function packageSections(nodes: readonly NodeReport[]): string[] {
  const changed = nodes.filter(({ changes }) => changes.length > 0);
  const groups = groupBy(changed, ({ changes }) => changes.map(({ name, before, after }) => [name, before, after]));
  const without = nodes.filter(
    ({ changes, changesKnown, rounds }) => changes.length === 0 && changesKnown && rounds > 0,
  );
  const unproved = nodes.filter(({ changesKnown }) => !changesKnown);
  const lines = groups.flatMap(group => ['', ...section(group)]);
  if (without.length > 0) lines.push('', `No packages changed on ${names(without)}.`);
  if (unproved.length > 0) lines.push('', `${UNPROVED}: ${names(unproved)}.`);
  lines.push(...leftSection(nodes));
  return lines.length > 0 ? ['', '## Packages', ...lines] : [];
}

function section(nodes: readonly NodeReport[]): string[] {
  const changes: readonly PackageChange[] = nodes[0]?.changes ?? [];
  const rows = changes.map(({ name, before, after }) => [
    plain(name),
    version(before, 'new'),
    version(after, 'removed'),
  ]);
  const lines = table(['Package', 'Before', 'After'], rows);
  const title = `### ${counted(changes.length, 'package')} on ${counted(nodes.length, 'node')}`;
  const shown = changes.length > SHOWN ? folded(counted(changes.length, 'package'), lines) : lines;
  return [title, '', names(nodes), '', ...shown];
}

/** Packages with a newer version that stayed as they were, with the nodes they stayed on. */
function leftSection(nodes: readonly NodeReport[]): string[] {
  const all = nodes.flatMap(node => node.left.map((left): LeftOn => ({ ...left, of: node })));
  const rows = groupBy(all, ({ name, before, available, reason }) => [name, before, available, reason]).map(group => {
    const cells = group.slice(0, 1).flatMap(({ name, before, available, reason }) => [name, before, available, reason]);
    return [...cells.map(plain), names(group.map(({ of }) => of))];
  });
  if (rows.length === 0) return [];
  return ['', '### Left as they were', '', ...table(['Package', 'Version', 'Available', 'Why', 'Nodes'], rows)];
}

type LeftOn = LeftPackage & { readonly of: NodeReport };

function version(text: string | null, missing: string): string {
  return text === null ? `(${missing})` : plain(text);
}

/** Markdown between these is read as such only behind an empty line. */
function folded(summary: string, lines: readonly string[]): string[] {
  return ['<details>', `<summary>${summary}</summary>`, '', ...lines, '', '</details>'];
}
