import type { PlanNode } from '../../domain/plan.ts';
import type { HostConnector, HostNotice } from '../../ports/connect.ts';
import type { Host } from '../../ports/host.ts';
import { RunnerHost } from '../runner-host.ts';
import { Slots } from '../wait.ts';
import { Link } from './link.ts';
import { Places } from './places.ts';
import { routeOf } from './route.ts';

/** Hosts over SSH. */
export interface SshHosts {
  readonly connect: HostConnector;
  /** Closes all connections. */
  close(): Promise<void>;
}

/** A host, and who hears of it last. */
interface Known {
  readonly host: Host;
  tell: HostNotice;
}

/**
 * Hosts over SSH, one connection each. `open`: how many connections at once over all hosts, default 500 (those through
 * the same jump host are counted one by one). `opening`: how many may be logging in at once, default 20 (a burst of logins is
 * refused by jump hosts: MaxStartups). `idleMs`: an unused connection is closed after this, default 60 000. `tell` hears what
 * nobody else asked to hear; default: nobody.
 */
export function sshHosts(
  options: {
    readonly open?: number;
    readonly opening?: number;
    readonly idleMs?: number;
    readonly tell?: HostNotice;
  } = {},
): SshHosts {
  const limits = {
    open: new Places(options.open ?? 500),
    opening: new Slots(options.opening ?? 20),
    idleMs: options.idleMs ?? 60_000,
  };
  const hosts = new Map<string, Known>();
  const connect: HostConnector = (node: PlanNode, profiles, tell = options.tell ?? (() => {})) => {
    const route = routeOf(node.host, profiles);
    const key = JSON.stringify([node.cluster, node.name, route]);
    const known = hosts.get(key);
    if (known) {
      known.tell = tell;
      return known.host;
    }
    const become = profiles[node.host.profile]?.become ?? 'none';
    const link = new Link(route, become, limits, notice => mine.tell(notice));
    const mine: Known = { host: new RunnerHost(node.name, link), tell };
    hosts.set(key, mine);
    return mine.host;
  };
  return {
    connect,
    close: async () => {
      await Promise.all([...hosts.values()].map(({ host }) => host.close()));
    },
  };
}
