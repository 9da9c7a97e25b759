import type { PlanNode, SshProfile } from '../../shared/domain/plan.ts';
import type { SshHosts } from '../../shared/hosts/ssh/connector.ts';
import type { Host } from '../../shared/ports/host.ts';
import type { RunningHost, SshFarm } from './sshd.ts';

/** The plan's node for a host of the farm; it belongs to no Kubernetes. */
export function nodeOf(host: Pick<RunningHost, 'name' | 'cluster' | 'sequence' | 'port'>): PlanNode {
  return {
    name: host.name,
    cluster: host.cluster,
    sequence: host.sequence,
    roles: [],
    controlPlane: false,
    kubernetes: null,
    host: { address: '127.0.0.1', port: host.port, profile: 'farm' },
    policy: 'p',
    steps: [],
  };
}

/** A host of the farm through the adapter; `changes` to the farm's SSH settings. */
export function hostOf(
  hosts: SshHosts,
  farm: SshFarm,
  host: Pick<RunningHost, 'name' | 'cluster' | 'sequence' | 'port'>,
  changes: Partial<SshProfile> = {},
): Host {
  return hosts.connect(nodeOf(host), { farm: { ...farm.profile, ...changes } });
}
