import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeView } from '../domain/facts.ts';
import { fail } from '../domain/failures/catalogue.ts';
import type { NodeChange } from '../ports/cluster.ts';
import { httpStatusOf, isPassing } from './call.ts';
import type { Connection } from './connection.ts';
import { allPages, pageQuery } from './pages.ts';
import { nodeView } from './views.ts';

/** All Nodes of the cluster. */
export async function listNodes(connection: Connection, signal: AbortSignal): Promise<NodeView[]> {
  const list = await allPages(token =>
    connection.call({ doing: 'list nodes', signal }, options => connection.core.listNode(pageQuery(token), options)),
  );
  return list.items.map(nodeView);
}

/** null: no such node. */
export async function readNode(connection: Connection, name: string, signal: AbortSignal): Promise<NodeView | null> {
  try {
    return nodeView(
      await connection.call({ doing: `get node ${name}`, signal }, o => connection.core.readNode({ name }, o)),
    );
  } catch (error) {
    if (httpStatusOf(error) === 404) return null;
    throw error;
  }
}

/** kubelet and controllers write Nodes every few seconds: conflicts are ordinary, so many in a row are not. */
const CONFLICTS_MAX = 20;
const CONFLICT_DELAY_MS = 25;
const TROUBLES_MAX = 2;

/** See ClusterApi.updateNode. */
export async function updateNode(
  connection: Connection,
  name: string,
  change: (node: NodeView) => NodeChange | null,
  signal: AbortSignal,
): Promise<NodeView> {
  let troubles = 0;
  for (let conflicts = 0; ; conflicts++) {
    const node = await readNode(connection, name, signal);
    if (!node) throw fail('node-missing', { message: `there is no Node ${name}` });
    const wanted = change(node);
    if (wanted === null) return node;
    try {
      return await patchNode(connection, node, wanted, signal);
    } catch (error) {
      if (httpStatusOf(error) === 404) throw fail('node-missing', { message: `there is no Node ${name}` });
      const isConflict = httpStatusOf(error) === 409 && conflicts < CONFLICTS_MAX;
      // The answer may be lost and the change made: reading again tells, and `change` decides anew.
      if (!isConflict && !(isPassing(error) && troubles++ < TROUBLES_MAX)) throw error;
      await sleep(CONFLICT_DELAY_MS * (1 + Math.random() * conflicts), undefined, { signal }).catch(() => undefined);
      signal.throwIfAborted();
    }
  }
}

/** A merge patch that holds a resourceVersion is refused with 409 when the object has another one by now. */
async function patchNode(connection: Connection, node: NodeView, change: NodeChange, signal: AbortSignal) {
  const metadata: Record<string, unknown> = { resourceVersion: node.resourceVersion };
  if (change.annotations) metadata['annotations'] = change.annotations;
  const body: Record<string, unknown> = { metadata };
  // null, not false: as kubectl leaves it.
  if (change.unschedulable !== undefined) body['spec'] = { unschedulable: change.unschedulable || null };
  const asked = {
    doing: `patch node ${node.name}`,
    signal,
    write: true,
    contentType: 'application/merge-patch+json',
  };
  return nodeView(await connection.call(asked, o => connection.core.patchNode({ name: node.name, body }, o)));
}
