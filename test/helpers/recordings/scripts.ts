import type { SimController } from '../../../services/simulator/api/faults.ts';
import type { Kube } from '../../../services/simulator/api/object.ts';
import type { Stage } from './stage.ts';

/** What a replay must know of a recording beyond its exchanges. */
export interface Script {
  /** Objects of other recordings that were there too: `plural/namespace/name`. */
  readonly also?: readonly string[];
  /** Objects no recording shows, but an answer proves. */
  readonly objects?: readonly { readonly plural: string; readonly object: Kube }[];
  /** Controllers that run all the time. Default: they run for a moment when an answer shows their work. */
  readonly run?: readonly SimController[];
  /** Controllers that never run: others have played them. Default: all that make or place pods. */
  readonly hold?: readonly SimController[];
  /** Acts of clients whose requests were not recorded. */
  readonly plays?: readonly ('delete' | 'cordon')[];
  /** The status of pods is the cluster's doing, not a kubelet's. */
  readonly ownPodStatus?: true;
  /** The events of its watches had happened before. */
  readonly past?: true;
  /** What others did right before an exchange. */
  readonly before?: Readonly<Record<number, (stage: Stage) => void | Promise<void>>>;
}

/** By the recording's name. */
export const SCRIPTS: Readonly<Record<string, Script>> = {
  'watch-old-rv': { past: true },
  'watch-pods-node': { plays: ['delete'] },
  'watch-nodes-kubectl': { plays: ['cordon'] },
};
