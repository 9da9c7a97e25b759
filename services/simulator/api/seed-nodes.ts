import type { SimMachine } from '../world.ts';
import { type Json, type Kube, kubeTime } from './object.ts';
import type { SimNode } from './types.ts';

/** What a kubelet tells of its machine. */
export function nodeInfoOf(machine: SimMachine): Json {
  return {
    machineID: machine.name,
    systemUUID: machine.name,
    bootID: machine.bootId,
    kernelVersion: machine.kernel,
    osImage: machine.osImage,
    containerRuntimeVersion: 'containerd://1.7.27',
    kubeletVersion: 'v1.33.0',
    kubeProxyVersion: '',
    operatingSystem: 'linux',
    architecture: 'amd64',
  };
}

/** The conditions a healthy kubelet posts. */
export function healthyConditions(now: number) {
  const lastHeartbeatTime = kubeTime(now);
  const fine = (type: string, reason: string, message: string) =>
    ({ type, status: 'False', reason, message, lastHeartbeatTime }) as const;
  return [
    fine('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    fine('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    fine('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      message: 'kubelet is posting ready status',
      lastHeartbeatTime,
    } as const,
  ];
}

/** The pod network of the node of an index: a /24 of 10.244.0.0/14. */
function podCidrOf(index: number): string {
  return `10.${244 + ((index >> 8) & 3)}.${index & 255}.0/24`;
}

/** The Node object of a machine, the `index`th of its cluster. */
export function nodeObject(node: SimNode, now: number, index: number): Kube {
  const { machine } = node;
  const roles = (node.roles ?? []).map((role): [string, string] => [`node-role.kubernetes.io/${role}`, '']);
  const pods = String(node.podCapacity ?? 110);
  const podCIDR = podCidrOf(index + 1);
  const capacity = { cpu: '32', 'ephemeral-storage': '100Gi', memory: '64Gi', ...node.capacity, pods };
  return {
    metadata: {
      name: machine.name,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': machine.name,
        'kubernetes.io/os': 'linux',
        ...Object.fromEntries<string>(roles),
        ...node.labels,
      },
      annotations: { 'node.alpha.kubernetes.io/ttl': '0', ...node.annotations },
    },
    spec: {
      podCIDR,
      podCIDRs: [podCIDR],
      providerID: `sim://${machine.cluster}/${machine.name}`,
      ...(node.taints === undefined || node.taints.length === 0 ? {} : { taints: node.taints }),
      ...(node.unschedulable ? { unschedulable: true } : {}),
    },
    status: {
      capacity,
      // A kubelet keeps some of the memory for itself and the system.
      allocatable: { ...capacity, memory: node.capacity?.['memory'] ?? '63Gi' },
      conditions: healthyConditions(now).map(condition => ({ ...condition, lastTransitionTime: kubeTime(now) })),
      addresses: [
        { type: 'InternalIP', address: node.address ?? '127.0.0.1' },
        { type: 'Hostname', address: machine.name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: nodeInfoOf(machine),
    },
  };
}
