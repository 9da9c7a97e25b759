import { type NodeView, workMarkOf } from '../../../shared/domain/facts.ts';
import { judgeNodeMark, type MarkedNode, type MarkPlace } from '../release/marks.ts';
import { type DoctorFinding, findingOf, fine } from './finding.ts';

/** How the command that releases nodes is told where things are: ` -f FILE`, with a space before; may be empty. */
export interface MarkSubject extends MarkPlace {
  readonly options: string;
}

/** Finds nodes on which a rollout that is no more has left its mark, and says how to release them. Never throws. */
export async function checkMarks(
  subject: MarkSubject,
  nodes: readonly NodeView[],
  signal: AbortSignal,
): Promise<DoctorFinding[]> {
  const marked = nodes.filter(node => workMarkOf(node.annotations) !== null);
  if (marked.length === 0) return [fine(subject.cluster, 'left behind', 'no node carries a mark')];
  try {
    const judged = await Promise.all(marked.map(node => judgeNodeMark(subject, node, signal)));
    const readable = judged.filter(each => each !== null);
    const hasEngine = readable.some(each => each.verdict.kind === 'live') && (await subject.known.hasEngine());
    const unreadable = marked.filter((_, index) => judged[index] === null);
    return [
      ...groupsOf(readable).map(group => findingOfGroup(subject, group, hasEngine)),
      ...unreadable.map(node => unreadableMark(subject.cluster, node.name)),
    ];
  } catch (error) {
    return [findingOf(subject.cluster, 'left behind', error)];
  }
}

/** Nodes of which the same is to be said. */
function groupsOf(marked: readonly MarkedNode[]): [MarkedNode, ...MarkedNode[]][] {
  const groups = new Map<string, [MarkedNode, ...MarkedNode[]]>();
  for (const each of marked) {
    const key = JSON.stringify(each.verdict);
    const group = groups.get(key);
    if (group) group.push(each);
    else groups.set(key, [each]);
  }
  return [...groups.values()];
}

function findingOfGroup(
  { cluster, options }: MarkSubject,
  group: readonly [MarkedNode, ...MarkedNode[]],
  hasEngine: boolean,
): DoctorFinding {
  const { verdict, mark } = group[0];
  const names = group.map(each => each.node.name);
  const detail = `${names.join(', ')}: ${verdict.reason}`;
  const found = { where: cluster, check: 'left behind', detail };
  if (verdict.kind === 'live' && hasEngine) return { verdict: 'ok', ...found, todo: '' };
  if (verdict.kind === 'live') {
    const todo = `No engine carries it on: nodetide run --resume ${mark.rollout}`;
    return { verdict: 'warning', ...found, detail, todo };
  }
  const command = `nodetide release ${names.join(' ')} --cluster ${cluster}${options}`;
  const todo = verdict.kind === 'left' ? command : `Wait for it, or if it is surely dead: ${command} --take-over`;
  return { verdict: 'warning', ...found, todo };
}

function unreadableMark(cluster: string, node: string): DoctorFinding {
  const detail = 'the mark nodetide.io/work cannot be read';
  const todo = `Look who wrote it, then: kubectl annotate node ${node} nodetide.io/work-`;
  return { verdict: 'warning', where: `${cluster}/${node}`, check: 'left behind', detail, todo };
}
