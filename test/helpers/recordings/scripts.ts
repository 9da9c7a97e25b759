import type { SimController } from '../../../services/simulator/api/faults.ts';
import { budget, type Prop, pod, replicaSet } from './made-up.ts';
import type { Stage } from './stage.ts';

/** What a replay must know of a recording beyond its exchanges. */
export interface Script {
  /** Objects of other recordings that were there too: `plural/namespace/name`. */
  readonly also?: readonly string[];
  /** Objects no recording shows, but an answer proves. */
  readonly objects?: readonly Prop[];
  /** Namespaces no answer shows. */
  readonly namespaces?: readonly string[];
  /** Controllers that work where a recorded answer shows that they did. Default: node-lifecycle. */
  readonly acting?: readonly SimController[];
  /** Controllers that work all the time, as in the real cluster. */
  readonly running?: readonly SimController[];
  /** Acts of clients whose requests were not recorded. */
  readonly plays?: readonly ('delete' | 'cordon' | 'kubelet')[];
  /** The status of pods is the cluster's doing, not a kubelet's. */
  readonly ownPodStatus?: true;
  /** The events of its watches had happened before. */
  readonly past?: true;
  /** Several controllers write at once: only the events of one object have an order. */
  readonly unordered?: true;
  /** A node with a machine below it, which the stage can switch off. */
  readonly machine?: string;
  /** What others did right before an exchange. */
  readonly before?: Readonly<Record<number, (stage: Stage) => void | Promise<void>>>;
  /** What others did right after an exchange. */
  readonly after?: Readonly<Record<number, (stage: Stage) => void | Promise<void>>>;
}

/** By the recording's name. */
export const SCRIPTS: Readonly<Record<string, Script>> = {
  'drain-ok-protobuf': { objects: [pod('pb/pb', 'pb')] },
  'drain-pdb-429-then-ok': {
    objects: [budget('dp/slow', 'slow', { minAvailable: 1 })],
    running: ['disruption', 'node-lifecycle'],
    before: {
      // The ReplicaSet's new pod on another node is Ready by now.
      9: stage => stage.put(pod('dp/slow-698c598588-zzzzz', 'slow', 'node4')),
    },
  },
  'drain-timeout': {
    objects: [budget('dt/stuck', 'stuck', { minAvailable: 1 })],
    running: ['disruption', 'node-lifecycle'],
  },
  'evict-429': {
    objects: [
      ...['zmin-7c565d7f46', 'zmax-86b8678984', 'zpct-69d75fc949', 'one-868df786fc'].map(name =>
        replicaSet(`evz/${name}`, 2),
      ),
      ...['zmin-7c565d7f46-lhfld', 'zmin-7c565d7f46-other'].map(name => pod(`evz/${name}`, 'zmin')),
      ...['zmax-86b8678984-jqwz5', 'zmax-86b8678984-other'].map(name => pod(`evz/${name}`, 'zmax')),
      ...['zpct-69d75fc949-2dwcz', 'zpct-69d75fc949-other'].map(name => pod(`evz/${name}`, 'zpct')),
      ...['one-868df786fc-8cph9', 'one-868df786fc-zd6j9'].map(name => pod(`evz/${name}`, 'one')),
      pod('evz/fresh', 'fresh'),
      pod('evz/lag', 'lag'),
    ],
    running: ['disruption'],
    before: {
      // The replacement of the evicted pod is Ready.
      13: stage => stage.put(pod('evz/one-868df786fc-newer', 'one')),
      14: stage => stage.putKnown('poddisruptionbudgets/evz/fresh'),
      // The controller manager is stopped: nobody has looked at the newest budget.
      16: stage => stage.hold('disruption'),
    },
  },
  'evict-dry-run': {
    objects: [
      replicaSet('evy/ok-55d494c474', 2),
      budget('evy/zz', 'zz', { minAvailable: 1 }),
      pod('evy/zz-75cc76bb6d-d7vsq', 'zz'),
      ...['ok-55d494c474-8m9lz', 'ok-55d494c474-other'].map(name => pod(`evy/${name}`, 'ok')),
    ],
    running: ['disruption'],
  },
  'evict-missing-404': { namespaces: ['shop'] },
  'evict-not-ready-alwaysallow': {},
  'evict-ok': { objects: ['e2', 'e3', 'e4'].map(name => pod(`shop/${name}`, name)) },
  'evict-two-pdbs-500': {
    objects: ['two-a', 'two-b'].map(name => budget(`ev2/${name}`, 'two', { minAvailable: 0 })),
  },
  'events-create': { namespaces: ['shop'] },
  'kubectl-writes': {
    machine: 'node6',
    running: ['deployment', 'replicaset', 'scheduler', 'garbage'],
    acting: ['node-lifecycle', 'namespace'],
  },
  'list-paging': {
    also: ['dkttt', 'nnqfz', 'q5sf2', 'slmdt'].map(end => `pods/shop/web-78586b6fcc-${end}`),
  },
  'namespace-terminating': { acting: ['node-lifecycle', 'namespace'] },
  'node-lost': {
    acting: ['node-lifecycle'],
    machine: 'node5',
    plays: ['kubelet'],
    ownPodStatus: true,
    unordered: true,
    after: { 4: stage => stage.powerOff() },
    before: { 17: stage => stage.release('taint-eviction') },
  },
  'watch-nodes-kubectl': { plays: ['cordon'] },
  'watch-old-rv': { past: true },
  'watch-pods-node': { plays: ['delete'] },
};
