import type { Resource } from '../resources.ts';
import { type Column, nameColumn, text } from './column.ts';
import { nodeColumns } from './nodes.ts';
import { otherColumns } from './others.ts';
import { podColumns } from './pods.ts';
import { workloadColumns } from './workloads.ts';

const byPlural: Readonly<Record<string, readonly Column[]>> = {
  nodes: nodeColumns,
  pods: podColumns,
  ...workloadColumns,
  ...otherColumns,
};

/** The columns of a kind; name and creation time where nothing else is known. */
export function columnsOf(r: Resource): readonly Column[] {
  return byPlural[r.plural] ?? [nameColumn, text('Created At', object => object.metadata.creationTimestamp ?? '')];
}
