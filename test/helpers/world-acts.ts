import type { Simulation } from '../../services/simulator/main.ts';
import type { WorldEntry } from '../../services/simulator/world.ts';
import { judgedFleet, judgeWorld } from './world-judge.ts';

/** What is wrong in a world after a rollout that should have done every node; empty: nothing. */
export interface WorldActs {
  /** Call it when the rollout has ended. `most`: nodes of a cluster that may be cordoned at once; default 1. */
  wrong(most?: number): string[];
  /** So many acts of a kind on a node. */
  count(cluster: string, node: string, act: WorldEntry['act']): number;
}

/** Watches a world from now on: start it before anything is done there. */
export function watchActs(sim: Simulation): WorldActs {
  const wrong: string[] = [];
  const cordoned = new Map<string, Set<string>>();
  let peak = new Map<string, number>();
  sim.world.onEntry(({ cluster, node, act }) => {
    const away = cordoned.get(cluster) ?? new Set<string>();
    cordoned.set(cluster, away);
    if (act === 'cordon') away.add(node);
    if (act === 'uncordon') away.delete(node);
    peak = new Map(peak).set(cluster, Math.max(peak.get(cluster) ?? 0, away.size));
    if (act !== 'reboot') return;
    const left = podsToMove(sim, cluster, node);
    if (!away.has(node)) wrong.push(`${cluster}/${node} was rebooted while it was not cordoned`);
    if (left.length > 0) wrong.push(`${cluster}/${node} was rebooted with ${left.join(', ')} on it`);
  });
  const count = (cluster: string, node: string, act: WorldEntry['act']): number =>
    sim.world.entries.filter(entry => entry.cluster === cluster && entry.node === node && entry.act === act).length;
  const times = (cluster: string, node: string): string[] => {
    const done = (act: WorldEntry['act']) => count(cluster, node, act);
    const said = (act: WorldEntry['act'], wanted: string) => `${cluster}/${node}: ${done(act)} × ${act}, not ${wanted}`;
    return [
      ...(['upgrade', 'upgraded', 'reboot'] as const).filter(act => done(act) !== 1).map(act => said(act, '1')),
      ...(done('cordon') === 0 ? [said('cordon', '1 or more')] : []),
      ...(done('cordon') === done('uncordon') ? [] : [said('uncordon', String(done('cordon')))]),
    ];
  };
  return {
    count,
    wrong: (most = 1) => [
      ...wrong,
      ...judgeWorld(judgedFleet(sim.spec), sim.world.entries),
      ...sim.hosts().flatMap(({ host }) => times(host.spec.cluster, host.spec.name)),
      ...[...peak].filter(([, number]) => number > most).map(([name, n]) => `${name}: ${n} nodes cordoned at once`),
    ],
  };
}

/** Pods a drain has to move: no daemons, nothing that has ended. */
function podsToMove(sim: Simulation, cluster: string, node: string): string[] {
  const pods = sim.clusters.get(cluster)?.objects.list('pods') ?? [];
  return pods
    .filter(pod => (pod as { spec?: { nodeName?: string } }).spec?.nodeName === node)
    .filter(pod => !pod.metadata.ownerReferences?.some(owner => owner.kind === 'DaemonSet'))
    .map(pod => pod.metadata.name);
}
