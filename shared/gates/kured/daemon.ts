import type { KuredGateSettings } from '../../domain/gate/kured.ts';
import { type KuredDaemon, kuredDaemonOf } from '../../domain/kured/daemon.ts';
import type { GateSources } from '../gate.ts';

/** null: there is no such DaemonSet, or no Kubernetes. */
export async function readDaemon(
  { namespace, daemonSet }: KuredGateSettings,
  { api, signal }: GateSources,
): Promise<KuredDaemon | null> {
  if (api === null) return null;
  const objects = { resource: 'daemonsets.v1.apps', namespace, name: daemonSet, selector: '', fieldSelector: '' };
  const [found] = await api.readObjects(objects, signal);
  return found === undefined ? null : kuredDaemonOf(found);
}
