import { objectOf, textOf } from '../server/shape.ts';

/** A volume of Longhorn. */
export interface LonghornVolume {
  readonly name: string;
  /** `attached`, `detached`, or on the way to it. */
  readonly state: string;
  /** `healthy`, `degraded`, `faulted`, `unknown`. */
  readonly robustness: string;
  /** How many replicas it should have. */
  readonly wanted: number;
  /** Where it is used: `namespace/claim`; empty: nowhere. */
  readonly claim: string;
}

/** One copy of a volume. */
export interface LonghornReplica {
  readonly volume: string;
  /** Empty: nowhere yet. */
  readonly node: string;
  readonly running: boolean;
}

/** Reads a volume. Throws StepError `gate-answer` when it lacks what matters. A new one has no status yet. */
export function readVolume(given: unknown): LonghornVolume {
  const { metadata, spec = {}, status = {} } = objectOf(given, 'a volume');
  const { state = '', robustness = 'unknown', kubernetesStatus = {} } = objectOf(status, 'status');
  const { namespace = '', pvcName = '' } = objectOf(kubernetesStatus, 'kubernetesStatus');
  const { numberOfReplicas = 0 } = objectOf(spec, 'spec');
  return {
    name: textOf(objectOf(metadata, 'metadata')['name'], 'metadata.name'),
    state: textOf(state, 'status.state'),
    robustness: textOf(robustness, 'status.robustness'),
    wanted: typeof numberOfReplicas === 'number' ? numberOfReplicas : 0,
    claim: pvcName === '' ? '' : `${textOf(namespace, 'namespace')}/${textOf(pvcName, 'pvcName')}`,
  };
}

/** Reads a replica. Throws StepError `gate-answer` when it lacks what matters. */
export function readReplica(given: unknown): LonghornReplica {
  const { spec, status = {} } = objectOf(given, 'a replica');
  const { volumeName, nodeID = '', failedAt = '' } = objectOf(spec, 'spec');
  const { currentState = '' } = objectOf(status, 'status');
  return {
    volume: textOf(volumeName, 'spec.volumeName'),
    node: textOf(nodeID, 'spec.nodeID'),
    running: currentState === 'running' && failedAt === '',
  };
}
