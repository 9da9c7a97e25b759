import type { NodeView } from '../../../shared/domain/facts.ts';
import { type PlanNode, THIS_MACHINE } from '../../../shared/domain/plan.ts';
import type { DoctorFinding } from './finding.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|::1)$/;

/**
 * Whether the kubeconfig leads to one of the nodes themselves, by name or address: its reboot takes the way to the API
 * away. `url` empty: not known. What a name stands for in DNS is not asked.
 */
export function endpointFinding(
  cluster: string,
  url: string,
  nodes: readonly PlanNode[],
  views: ReadonlyMap<string, NodeView>,
): DoctorFinding[] {
  if (!URL.canParse(url)) return [];
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
  const node = nodes.find(({ name, host: { address, profile } }) => {
    // Simulated hosts, tunnels: only this machine itself is surely behind such an address.
    if (LOOPBACK.test(host)) return profile === THIS_MACHINE;
    const addresses = views.get(name)?.addresses.map(each => each.address) ?? [];
    return [name, address, ...addresses].includes(host);
  });
  if (!node) return [];
  return [
    {
      verdict: 'warning',
      where: `${cluster}/${node.name}`,
      check: 'API server',
      detail: `the kubeconfig leads to this node (${url}): while it reboots, the cluster cannot be asked`,
      todo: 'Use the address of a load balancer or a virtual address in the kubeconfig, if there is one.',
    },
  ];
}
