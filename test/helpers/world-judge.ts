import type { WorldEntry } from '../../services/simulator/world.ts';
import type { WorldSpec } from '../../services/simulator/world-schema.ts';

/** What a world was to be upgraded like. */
export interface JudgedFleet {
  /** Clusters of each stage, first stage first. */
  readonly stages: readonly (readonly string[])[];
  readonly clusters: Readonly<Record<string, JudgedCluster>>;
}

export interface JudgedCluster {
  /** In order; nodes of other sequences must not be touched at all. */
  readonly waves: readonly { readonly sequences: readonly number[]; readonly concurrency: number }[];
  /** Hosts without Kubernetes are rebooted without a cordon. */
  readonly kubernetes: boolean;
}

/** An entry and its place in the log. */
interface Act {
  readonly at: number;
  readonly entry: WorldEntry;
}

/** Kinds of acts that mean we have begun, or not ended yet, with a node. */
const AWAY_FROM = new Set(['cordon', 'upgrade', 'reboot', 'down', 'notReady']);

/** The fleet that a description of a simulated world is meant for; concurrency must be given as numbers. */
export function judgedFleet(spec: WorldSpec): JudgedFleet {
  const clusters = Object.entries(spec.clusters).map(([name, cluster]): [string, JudgedCluster] => {
    const waves = (cluster.rollout?.waves ?? []).map(({ sequences, concurrency = 1 }) => {
      if (typeof concurrency !== 'number') throw new Error(`${name}: a concurrency in % is not judged`);
      return { sequences, concurrency };
    });
    return [name, { waves, kubernetes: cluster.kubernetes !== false }];
  });
  return { stages: spec.stages.map(stage => stage.clusters), clusters: Object.fromEntries(clusters) };
}

/** Everything in the log of a whole rollout that must not have been, in words; empty: all is well. */
export function judgeWorld(fleet: JudgedFleet, entries: readonly WorldEntry[]): string[] {
  const acts = entries.map((entry, at): Act => ({ at, entry }));
  return [
    ...Object.entries(fleet.clusters).flatMap(([name, cluster]) => {
      const own = acts.filter(({ entry }) => entry.cluster === name);
      const each = [...byNode(own).values()].flatMap(node => judgeNode(cluster, node));
      return [...each, ...judgeWaves(name, cluster, own)];
    }),
    ...judgeStages(fleet, acts),
  ];
}

function byNode(acts: readonly Act[]): Map<string, Act[]> {
  const nodes = new Map<string, Act[]>();
  for (const act of acts) nodes.set(act.entry.node, [...(nodes.get(act.entry.node) ?? []), act]);
  return nodes;
}

/** Whether the API was asked for this by a client, not by somebody who acts on the simulation itself. */
function isOurs({ detail }: WorldEntry): boolean {
  return typeof detail['agent'] === 'string' && detail['agent'].startsWith('kubernetes-client-javascript/');
}

function judgeNode(cluster: JudgedCluster, acts: readonly Act[]): string[] {
  const wrong: string[] = [];
  const seen = { upgrade: 0, reboot: 0, ours: false };
  const leaving = new Set<unknown>();
  for (const { entry } of acts) {
    const say = (what: string) => wrong.push(`${entry.cluster}/${entry.node} ${what}`);
    if (entry.act === 'cordon' && isOurs(entry)) seen.ours = true;
    if (entry.act === 'evict') leaving.add(entry.detail['uid']);
    if (entry.act === 'podGone') leaving.delete(entry.detail['uid']);
    if (entry.act === 'upgrade' && ++seen.upgrade === 2) say('is upgraded twice');
    if (entry.act === 'uncordon') {
      if (isOurs(entry) && !seen.ours) say('is uncordoned, but the cordon is not ours');
      seen.ours = false;
    }
    if (entry.act !== 'reboot') continue;
    if (++seen.reboot === 2) say('is rebooted twice');
    const left = podsLeft(entry) ?? leaving.size;
    if (cluster.kubernetes && !seen.ours) say('is rebooted without our cordon');
    if (left > 0) say(`is rebooted with ${left} pods left`);
  }
  const last = acts.at(-1)?.entry;
  if (seen.ours && last) wrong.push(`${last.cluster}/${last.node} stays cordoned`);
  return wrong;
}

/** How many pods were there that a drain has to evict; null: the log does not say. */
function podsLeft({ detail }: WorldEntry): number | null {
  return Array.isArray(detail['podsLeft']) ? detail['podsLeft'].length : null;
}

function judgeWaves(name: string, cluster: JudgedCluster, acts: readonly Act[]): string[] {
  const waveOf = (entry: WorldEntry) => cluster.waves.findIndex(wave => wave.sequences.includes(entry.sequence ?? -1));
  const ours = worked(acts);
  const strangers = ours.filter(({ entry }) => waveOf(entry) === -1).map(({ entry }) => entry.node);
  const wrong = [...new Set(strangers)].map(node => `${name}/${node} is in no wave and was touched`);
  let before = -1;
  for (const [index, { concurrency }] of cluster.waves.entries()) {
    const inWave = ours.filter(({ entry }) => waveOf(entry) === index);
    const [first, last] = [inWave[0], inWave.at(-1)];
    if (first && first.at < before) wrong.push(`${name} wave ${index + 1} begins before the ones before have ended`);
    before = Math.max(before, last?.at ?? -1);
    const most = mostAway(inWave);
    if (most > concurrency) wrong.push(`${name} wave ${index + 1} has ${most} nodes away, allowed are ${concurrency}`);
  }
  return wrong;
}

/** The acts from where we began with a node to where we ended; what merely happens to pods elsewhere does not count. */
function worked(acts: readonly Act[]): Act[] {
  return acts.filter(({ entry }) => entry.act !== 'podGone' && entry.act !== 'evict');
}

/** The largest number of nodes that were away at once: cordoned, being upgraded, going down, or not Ready. */
function mostAway(acts: readonly Act[]): number {
  const reasons = new Map<string, Set<string>>();
  let most = 0;
  for (const { entry } of acts) {
    const own = reasons.get(entry.node) ?? new Set();
    reasons.set(entry.node, own);
    if (AWAY_FROM.has(entry.act)) own.add(entry.act);
    for (const over of endedBy(entry.act)) own.delete(over);
    most = Math.max(most, [...reasons.values()].filter(each => each.size > 0).length);
  }
  return most;
}

function endedBy(act: WorldEntry['act']): readonly string[] {
  if (act === 'uncordon') return ['cordon'];
  if (act === 'upgraded') return ['upgrade'];
  if (act === 'up') return ['down', 'reboot'];
  return act === 'ready' ? ['notReady'] : [];
}

function judgeStages(fleet: JudgedFleet, acts: readonly Act[]): string[] {
  const wrong: string[] = [];
  let before = -1;
  for (const clusters of fleet.stages) {
    const own = worked(acts).filter(({ entry }) => clusters.includes(entry.cluster));
    const [first, last] = [own[0], own.at(-1)];
    if (first && first.at < before) wrong.push(`stage ${clusters.join(', ')} begins before the ones before have ended`);
    before = Math.max(before, last?.at ?? -1);
  }
  return wrong;
}
