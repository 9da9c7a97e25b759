import { conditionOf, withCondition } from '../api/conditions.ts';
import type { Core } from '../api/core.ts';
import { kubeTime, listAt } from '../api/object.ts';
import { resourceOf } from '../api/resources.ts';
import { healthyConditions, nodeInfoOf } from '../api/seed-nodes.ts';
import type { SimNode } from '../api/types.ts';

const nodes = resourceOf('nodes');

/** Posts a machine's facts and that all is well. */
export function reportNode(core: Core, { machine }: SimNode): void {
  const node = core.store.get(nodes, '', machine.name);
  if (node === undefined) return;
  const informed = { ...node, status: { ...node.status, nodeInfo: nodeInfoOf(machine) } };
  core.store.replace(nodes, node, withCondition(informed, core.now(), ...healthyConditions(core.now())));
}

/** Moves the heartbeat times of a node's conditions, as long as a kubelet posts them. */
export function beat(core: Core, name: string): void {
  const node = core.store.get(nodes, '', name);
  if (node === undefined || conditionOf(node, 'Ready')?.['status'] === 'Unknown') return;
  const lastHeartbeatTime = kubeTime(core.now());
  const conditions = listAt(node, 'status', 'conditions').map(condition => ({ ...condition, lastHeartbeatTime }));
  core.store.replace(nodes, node, { ...node, status: { ...node.status, conditions } });
}
