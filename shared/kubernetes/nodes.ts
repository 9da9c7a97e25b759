import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Node, V1Taint } from '@kubernetes/client-node';
import type { NodeView } from '../domain/facts.ts';
import { fail } from '../domain/failures/catalogue.ts';
import { type NodeChange, taintsAfter } from '../domain/node-change.ts';
import type { Taint } from '../domain/placement.ts';
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
  const node = await readRaw(connection, name, signal);
  return node && nodeView(node);
}

async function readRaw(connection: Connection, name: string, signal: AbortSignal): Promise<V1Node | null> {
  try {
    return await connection.call({ doing: `get node ${name}`, signal }, o => connection.core.readNode({ name }, o));
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
    const raw = await readRaw(connection, name, signal);
    if (!raw) throw fail('node-missing', { message: `there is no Node ${name}` });
    const node = nodeView(raw);
    const wanted = change(node);
    if (wanted === null) return node;
    try {
      return await patchNode(connection, raw, wanted, signal);
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
async function patchNode(connection: Connection, node: V1Node, change: NodeChange, signal: AbortSignal) {
  const name = node.metadata?.name ?? '';
  const asked = { doing: `patch node ${name}`, signal, write: true, contentType: 'application/merge-patch+json' };
  const body = patchOf(node, change);
  return nodeView(await connection.call(asked, o => connection.core.patchNode({ name, body }, o)));
}

/** Lists are replaced as a whole by a merge patch: the precondition keeps the taints of others from being lost. */
function patchOf(node: V1Node, { unschedulable, annotations, labels, ...change }: NodeChange): object {
  const taints = taintsAfter(node.spec?.taints ?? [], change);
  const spec = {
    // null, not false and not an empty list: as kubectl leaves it.
    ...(unschedulable === undefined ? {} : { unschedulable: unschedulable || null }),
    ...(taints === null ? {} : { taints: taints.length === 0 ? null : taints.map(writtenTaint) }),
  };
  return {
    metadata: {
      resourceVersion: node.metadata?.resourceVersion ?? '',
      ...(annotations ? { annotations } : {}),
      ...(labels ? { labels } : {}),
    },
    ...(Object.keys(spec).length === 0 ? {} : { spec }),
  };
}

/** As the API writes it: no field without a value, times in whole seconds. */
function writtenTaint(taint: V1Taint | Taint): object {
  const { key, value, effect } = taint;
  const timeAdded = 'timeAdded' in taint ? taint.timeAdded : undefined;
  return {
    key,
    effect,
    ...(value === undefined || value === '' ? {} : { value }),
    ...(timeAdded === undefined ? {} : { timeAdded: new Date(timeAdded).toISOString().replace(/\.\d+Z$/, 'Z') }),
  };
}
