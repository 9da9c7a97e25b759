import type { PlanNode } from '../../domain/plan.ts';
import type { HostConnector } from '../../ports/connect.ts';
import type { Host } from '../../ports/host.ts';
import { RunnerHost } from '../runner-host.ts';
import { Slots } from '../wait.ts';
import { routeOf } from './connection.ts';
import { Link } from './link.ts';

/** Hosts over SSH. */
export interface SshHosts {
  readonly connect: HostConnector;
  /** Closes all connections. */
  close(): Promise<void>;
}

/**
 * Hosts over SSH, one connection each. `opening`: how many may be logging in at once, default 20 (a burst of logins is
 * refused by jump hosts: MaxStartups). `idleMs`: an unused connection is closed after this, default 60 000.
 */
export function sshHosts(options: { readonly opening?: number; readonly idleMs?: number } = {}): SshHosts {
  const limits = { opening: new Slots(options.opening ?? 20), idleMs: options.idleMs ?? 60_000 };
  const hosts = new Map<string, Host>();
  const connect: HostConnector = (node: PlanNode, profiles) => {
    const route = routeOf(node.host, profiles);
    const key = JSON.stringify([node.cluster, node.name, route]);
    const known = hosts.get(key);
    if (known) return known;
    const become = profiles[node.host.profile]?.become ?? 'none';
    const host = new RunnerHost(node.name, new Link(route, become, limits));
    hosts.set(key, host);
    return host;
  };
  return {
    connect,
    close: async () => {
      await Promise.all([...hosts.values()].map(host => host.close()));
    },
  };
}
