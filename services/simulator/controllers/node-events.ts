import { conditionIs } from '../api/conditions.ts';
import type { Core } from '../api/core.ts';
import { at, type Kube, textAt } from '../api/object.ts';
import { resourceOf } from '../api/resources.ts';
import { recordEvent } from './events.ts';

const nodes = resourceOf('nodes');

/** Tells of nodes what kubelets and the node controller tell: seen with `kubectl describe node`. */
export function startNodeEvents(core: Core): () => void {
  const registered = (node: Kube) => {
    const name = node.metadata.name;
    const message = `Node ${name} event: Registered Node ${name} in Controller`;
    recordEvent(core, node, { reason: 'RegisteredNode', message, component: 'node-controller' });
  };
  for (const node of core.store.list(nodes)) registered(node);
  return core.store.subscribe(nodes, ({ type, before, object }) => {
    if (type === 'ADDED') registered(object);
    if (type === 'MODIFIED' && before !== undefined) tellChange(core, before, object);
  });
}

function tellChange(core: Core, before: Kube, node: Kube): void {
  const name = node.metadata.name;
  const became = (reason: string, component: string) => {
    const host = component === 'kubelet' ? { host: name } : {};
    recordEvent(core, node, { reason, message: `Node ${name} status is now: ${reason}`, component, ...host });
  };
  const cordoned = (one: Kube) => at(one, 'spec', 'unschedulable') === true;
  if (cordoned(before) !== cordoned(node)) became(cordoned(node) ? 'NodeNotSchedulable' : 'NodeSchedulable', 'kubelet');
  const bootId = textAt(node, 'status', 'nodeInfo', 'bootID');
  if (textAt(before, 'status', 'nodeInfo', 'bootID') !== bootId)
    recordEvent(core, node, {
      type: 'Warning',
      reason: 'Rebooted',
      message: `Node ${name} has been rebooted, boot id: ${bootId}`,
      component: 'kubelet',
      host: name,
    });
  const isReady = conditionIs(node, 'Ready', 'True');
  if (conditionIs(before, 'Ready', 'True') === isReady) return;
  if (isReady) became('NodeReady', 'kubelet');
  else became('NodeNotReady', 'node-controller');
}
