import type { ClusterApi } from '../ports/cluster.ts';
import { httpStatusOf } from './call.ts';
import type { Connection } from './connection.ts';

/** See ClusterApi.daemonSetExists. */
export async function daemonSetExists(connection: Connection, namespace: string, name: string, signal: AbortSignal) {
  try {
    const asked = { doing: `get daemonset ${namespace}/${name}`, signal };
    await connection.call(asked, options => connection.apps.readNamespacedDaemonSet({ namespace, name }, options));
    return true;
  } catch (error) {
    if (httpStatusOf(error) === 404) return false;
    throw error;
  }
}

/** See ClusterApi.annotateDaemonSet. A merge patch that holds a resourceVersion is refused with 409 when there is another by now. */
export async function annotateDaemonSet(
  connection: Connection,
  { namespace, daemonSet: name }: Parameters<ClusterApi['annotateDaemonSet']>[0],
  resourceVersion: string,
  annotations: Readonly<Record<string, string | null>>,
  signal: AbortSignal,
): Promise<boolean> {
  const doing = `patch daemonset ${namespace}/${name}`;
  const asked = { doing, signal, write: true, contentType: 'application/merge-patch+json' };
  const body = { metadata: { resourceVersion, annotations } };
  try {
    await connection.call(asked, o => connection.apps.patchNamespacedDaemonSet({ namespace, name, body }, o));
    return true;
  } catch (error) {
    if (httpStatusOf(error) === 409) return false;
    throw error;
  }
}
