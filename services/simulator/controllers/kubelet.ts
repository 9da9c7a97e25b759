import type { Core } from '../api/core.ts';
import { asActor } from '../api/core.ts';
import { type Kube, textAt } from '../api/object.ts';
import { resourceOf } from '../api/resources.ts';
import type { SimNode, SimTimings } from '../api/types.ts';
import { beat, reportNode } from './kubelet-node.ts';
import {
  endPod,
  fateOf,
  restartPod,
  restartsOf,
  runsForMs,
  startPod,
  startsAfterMs,
  stopPod,
  stopsAfterMs,
  unready,
} from './kubelet-pods.ts';
import { markLost } from './node-lifecycle.ts';

const pods = resourceOf('pods');

interface Kubelet {
  readonly node: SimNode;
  /** The machine is up and the kubelet has reported since. */
  alive: boolean;
  /** What it is doing to pods, by uid: ways to call it off. */
  readonly doing: Map<string, { readonly what: string; cancel(): void }>;
  /** Timers of the machine's own coming and going. */
  cancels: (() => void)[];
}

/** Plays the kubelet of every machine, and the cluster's view of the silent ones. */
export function startKubelets(core: Core, nodes: readonly SimNode[], timings: SimTimings): () => void {
  const kubelets = new Map<string, Kubelet>();
  const as = (work: () => void) => () => asActor(core, 'controller:kubelet', work);
  const stops: (() => void)[] = [];
  for (const node of nodes) {
    const kubelet: Kubelet = { node, alive: node.machine.up, doing: new Map(), cancels: [] };
    kubelets.set(node.machine.name, kubelet);
    stops.push(node.machine.onChange(as(() => machineChanged(core, kubelet, timings))));
    if (!node.machine.up) as(() => machineChanged(core, kubelet, timings))();
  }
  stops.push(
    core.store.subscribe(pods, ({ type, before, object }) => {
      const kubelet = kubelets.get(textAt(object, 'spec', 'nodeName'));
      if (kubelet === undefined) return;
      if (type === 'DELETED') callOff(kubelet, object.metadata.uid ?? '');
      else if (kubelet.alive) as(() => tend(core, kubelet, object, timings, before))();
    }),
  );
  for (const [name, kubelet] of kubelets)
    for (const pod of core.store.pods.find('node', name))
      if (kubelet.alive) as(() => tend(core, kubelet, pod, timings))();
  const beats = core.timers.every(
    timings.heartbeatMs,
    as(() => {
      for (const [name, kubelet] of kubelets) if (kubelet.alive) beat(core, name);
    }),
  );
  return () => {
    beats();
    for (const stop of stops) stop();
  };
}

function callOff(kubelet: Kubelet, uid: string): void {
  kubelet.doing.get(uid)?.cancel();
  kubelet.doing.delete(uid);
}

/** Starts a pod that is new, stops one that is to go, ends one whose time is over, restarts one that crashes. */
function tend(core: Core, kubelet: Kubelet, pod: Kube, timings: SimTimings, before?: Kube): void {
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (pod.metadata.deletionGracePeriodSeconds === 0) return;
    // A second delete may shorten the grace: then the wait starts anew.
    const what = `stop within ${pod.metadata.deletionGracePeriodSeconds} s`;
    later(core, kubelet, pod, what, stopsAfterMs(pod, timings), stopPod);
  } else if (textAt(pod, 'status', 'phase') === 'Pending')
    later(core, kubelet, pod, 'start', startsAfterMs(pod, timings), startPod);
  else if (textAt(pod, 'status', 'phase') === 'Running') tendRunning(core, kubelet, pod, timings, before);
}

/** The pause before the first restart of a container that crashes; it doubles up to 5 min. In ms. */
const BACK_OFF_MS = 10_000;

function tendRunning(core: Core, kubelet: Kubelet, pod: Kube, timings: SimTimings, before: Kube | undefined): void {
  const runMs = runsForMs(pod);
  const fate = fateOf(pod);
  const busy = kubelet.doing.has(pod.metadata.uid ?? '');
  if (before !== undefined && textAt(before, 'status', 'phase') === 'Running' && fate !== fateOf(before)) {
    if (fate !== undefined && fate !== 'fails') unready(core, pod);
    later(core, kubelet, pod, `become ${fate ?? 'ready'}`, startsAfterMs(pod, timings), restartPod);
  } else if (busy) return;
  else if (fate === 'crash-loop') {
    const pause = Math.min(BACK_OFF_MS * 2 ** restartsOf(pod), 300_000);
    later(core, kubelet, pod, `restart ${restartsOf(pod)}`, pause, restartPod, false);
  } else if (runMs !== undefined) later(core, kubelet, pod, 'end', runMs, endPod, false);
}

function later(
  core: Core,
  kubelet: Kubelet,
  pod: Kube,
  what: string,
  ms: number,
  work: (core: Core, pod: Kube) => void,
  hurried = true,
): void {
  const { uid = '', namespace = '', name } = pod.metadata;
  if (kubelet.doing.get(uid)?.what === what) return;
  callOff(kubelet, uid);
  const act = () => {
    kubelet.doing.delete(uid);
    const now = core.store.get(pods, namespace, name);
    if (now?.metadata.uid === uid) asActor(core, 'controller:kubelet', () => work(core, now));
  };
  const cancel = core.timers.after(ms, act, hurried);
  kubelet.doing.set(uid, { what, cancel });
}

function machineChanged(core: Core, kubelet: Kubelet, timings: SimTimings): void {
  const { name } = kubelet.node.machine;
  const as = (work: () => void) => () => asActor(core, 'controller:node-lifecycle', work);
  if (kubelet.node.machine.up) {
    kubelet.cancels.push(
      core.timers.after(
        timings.kubeletReportMs,
        as(() => report(core, kubelet, timings)),
      ),
    );
    return;
  }
  for (const uid of [...kubelet.doing.keys()]) callOff(kubelet, uid);
  const wasAlive = kubelet.alive;
  kubelet.alive = false;
  if (!wasAlive && kubelet.cancels.length > 0) return;
  kubelet.cancels.push(
    core.timers.after(
      timings.notReadyAfterMs,
      as(() => markLost(core, name)),
    ),
  );
}

/** The kubelet is back: the node's new facts, then its pods: those to go are gone, the others start again. */
function report(core: Core, kubelet: Kubelet, timings: SimTimings): void {
  if (!kubelet.node.machine.up) return;
  for (const cancel of kubelet.cancels) cancel();
  kubelet.cancels = [];
  kubelet.alive = true;
  reportNode(core, kubelet.node);
  for (const pod of core.store.pods.find('node', kubelet.node.machine.name)) {
    if (pod.metadata.deletionTimestamp !== undefined) stopPod(core, pod);
    else if (textAt(pod, 'status', 'phase') === 'Running') {
      unready(core, pod);
      later(core, kubelet, pod, 'start', startsAfterMs(pod, timings), restartPod);
    } else tend(core, kubelet, pod, timings);
  }
}
