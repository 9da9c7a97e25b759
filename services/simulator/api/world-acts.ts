import { conditionIs } from './conditions.ts';
import type { Core } from './core.ts';
import { at, textAt } from './object.ts';
import { resourceOf } from './resources.ts';

/** Writes what happens to nodes and pods into the world log (evictions are told where they are accepted). */
export function tellWorld(core: Core): () => void {
  const stopNodes = core.store.subscribe(resourceOf('nodes'), ({ type, before, object }) => {
    if (type !== 'MODIFIED' || before === undefined) return;
    const node = object.metadata.name;
    const was = at(before, 'spec', 'unschedulable') === true;
    const is = at(object, 'spec', 'unschedulable') === true;
    if (was !== is) core.world.write(core.cluster, node, is ? 'cordon' : 'uncordon', { agent: core.actor });
    const wasReady = conditionIs(before, 'Ready', 'True');
    const isReady = conditionIs(object, 'Ready', 'True');
    if (wasReady !== isReady) core.world.write(core.cluster, node, isReady ? 'ready' : 'notReady', {});
  });
  const stopPods = core.store.subscribe(resourceOf('pods'), ({ type, object }) => {
    const node = textAt(object, 'spec', 'nodeName');
    if (type !== 'DELETED' || node === '') return;
    const { namespace = '', name, uid = '' } = object.metadata;
    core.world.write(core.cluster, node, 'podGone', { pod: `${namespace}/${name}`, uid });
  });
  return () => {
    stopNodes();
    stopPods();
  };
}
