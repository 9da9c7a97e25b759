import { type Plan, type PlanCluster, type PlanWave, planClusters } from '../plan.ts';
import { compareNodes } from './compare-nodes.ts';
import { compareSettings } from './settings.ts';

/**
 * How a plan differs from an earlier one, a line each, for people; empty: in nothing that matters. When the plans were made
 * does not.
 */
export function comparePlans(before: Plan, after: Plan): string[] {
  const [old, now] = [planClusters(before), planClusters(after)];
  const shared = now.flatMap(cluster => {
    const earlier = old.find(({ name }) => name === cluster.name);
    return earlier ? [{ earlier, cluster }] : [];
  });
  return [
    ...settingsOf('the rollout', { failureBudget: before.failureBudget }, { failureBudget: after.failureBudget }),
    ...old.filter(each => !now.some(({ name }) => name === each.name)).map(({ name }) => `${name}: not in this plan`),
    ...now.filter(each => !old.some(({ name }) => name === each.name)).map(({ name }) => `${name}: was not in it`),
    ...compareStages(before, after),
    ...shared.flatMap(({ earlier, cluster }) => [
      ...compareClusters(earlier, cluster),
      ...compareNodes(before, earlier, after, cluster),
    ]),
    ...compareReach(before, after),
  ];
}

/** Which clusters go together, and after which others. */
function compareStages(before: Plan, after: Plan): string[] {
  const stageOf = (plan: Plan) =>
    new Map(plan.stages.flatMap(({ name, clusters }) => clusters.map(cluster => [cluster.name, name] as const)));
  const [old, now] = [stageOf(before), stageOf(after)];
  const moved = [...now].flatMap(([cluster, stage]) => {
    const earlier = old.get(cluster);
    return earlier === undefined || earlier === stage ? [] : [`${cluster}: stage ${earlier} → ${stage}`];
  });
  const common = (plan: Plan, other: Plan) =>
    plan.stages.map(({ name }) => name).filter(name => other.stages.some(stage => stage.name === name));
  const [order, newOrder] = [common(before, after).join(', '), common(after, before).join(', ')];
  const settings = after.stages.flatMap(({ clusters: _now, ...stage }) => {
    const earlier = before.stages.find(({ name }) => name === stage.name);
    if (!earlier) return [];
    const { clusters: _old, ...rest } = earlier;
    return settingsOf(`stage ${stage.name}`, rest, stage);
  });
  return [...moved, ...(order === newOrder ? [] : [`stages: ${order} → ${newOrder}`]), ...settings];
}

function compareClusters(before: PlanCluster, after: PlanCluster): string[] {
  const { name } = after;
  const names = ({ waves }: PlanCluster) => waves.map(wave => wave.name);
  const [old, now] = [names(before), names(after)];
  const common = (list: readonly string[], other: readonly string[]) =>
    list.filter(each => other.includes(each)).join();
  return [
    ...settingsOf(name, clusterSettings(before), clusterSettings(after)),
    ...now.filter(wave => !old.includes(wave)).map(wave => `${name}: wave ${wave} is new`),
    ...old.filter(wave => !now.includes(wave)).map(wave => `${name}: wave ${wave} is gone`),
    ...(common(old, now) === common(now, old) ? [] : [`${name}: waves in another order: ${now.join(', ')}`]),
    ...after.waves.flatMap(wave => {
      const earlier = before.waves.find(each => each.name === wave.name);
      return earlier ? settingsOf(`${name} wave ${wave.name}`, waveSettings(earlier), waveSettings(wave)) : [];
    }),
  ];
}

/** The size follows the nodes, and budgets for each zone follow theirs. */
function clusterSettings({ policy, kubernetes, failureBudget, approval, labels }: PlanCluster) {
  return { ...policy, failureBudget, approval, kubernetes, labels };
}

function waveSettings({ index: _index, name: _name, nodes: _nodes, ...settings }: PlanWave) {
  return settings;
}

/** Profiles that both plans have. */
function compareReach(before: Plan, after: Plan): string[] {
  return Object.entries(after.profiles).flatMap(([name, profile]) => {
    const earlier = before.profiles[name];
    return earlier ? settingsOf(`ssh profile ${name}`, earlier, profile) : [];
  });
}

function settingsOf(where: string, before: object, after: object): string[] {
  return compareSettings(before, after).map(line => `${where}: ${line}`);
}
