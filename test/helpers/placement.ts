import type { NodeRoom, PodPlacement } from '../../shared/domain/placement.ts';

/** A pod that asks for nothing and runs anywhere. */
export const ANYWHERE: PodPlacement = {
  requests: { cpuMilli: 0, memoryBytes: 0, ephemeralStorageBytes: 0, others: {} },
  nodeSelector: {},
  nodeTerms: null,
  tolerations: [],
  antiAffinity: [],
  hostPorts: [],
};

/** A node with room for anything. */
export const BIG_ROOM: NodeRoom = {
  allocatable: { cpuMilli: 64_000, memoryBytes: 2 ** 38, ephemeralStorageBytes: 2 ** 40, others: {} },
  pods: 110,
  taints: [],
};
