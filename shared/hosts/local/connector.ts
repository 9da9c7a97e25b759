import { hostname } from 'node:os';
import { fail } from '../../domain/failures/catalogue.ts';
import { THIS_MACHINE } from '../../domain/plan.ts';
import type { HostConnector } from '../../ports/connect.ts';
import type { Host } from '../../ports/host.ts';
import { RunnerHost } from '../runner-host.ts';
import { LocalExecutor } from './executor.ts';

/**
 * Gives the machine nodetide runs on for nodes with `connection: local`, and what `others` gives for all others. Throws
 * StepError `host-not-this-machine` when the plan means another machine than this one, named `name`.
 */
export function withLocal(others: HostConnector, name: string = hostname()): HostConnector {
  const known = new Map<string, Host>();
  return (node, profiles, tell) => {
    const { address, profile } = node.host;
    if (profile !== THIS_MACHINE) return others(node, profiles, tell);
    if (address !== 'localhost' && address !== name)
      throw fail('host-not-this-machine', {
        message: `${node.name} is the machine ${address}, and this process runs on ${name}`,
      });
    const host = known.get(node.name) ?? new RunnerHost(node.name, new LocalExecutor(name));
    known.set(node.name, host);
    return host;
  };
}
