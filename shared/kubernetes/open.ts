import type { ClusterApi } from '../ports/cluster.ts';
import type { ClusterConnector } from '../ports/connect.ts';
import { clusterApi } from './cluster.ts';
import type { Connection } from './connection.ts';

const open = new Map<string, ClusterApi>();

/**
 * Gives the API of a cluster. Cheap: the Kubernetes client is loaded, and the kubeconfig read, at the first call. The
 * same name and target give the same object until it is closed.
 */
export const openCluster: ClusterConnector = (name, target) => {
  const key = JSON.stringify([name, target.inCluster, target.kubeconfig, target.context, target.qps, target.burst]);
  const known = open.get(key);
  if (known) return known;
  let connection: Promise<Connection> | null = null;
  const connected = (): Promise<Connection> => {
    connection ??= import('./connection.ts').then(({ connect }) => connect(name, target));
    // A kubeconfig that was not readable may be readable the next time.
    connection.catch(() => {
      connection = null;
    });
    return connection;
  };
  const api = clusterApi(name, connected, async () => {
    open.delete(key);
    await connection?.then(each => each.close()).catch(() => undefined);
  });
  open.set(key, api);
  return api;
};
