import type { Fleet, FleetCluster, FleetWave, RolePolicy } from '../../domain/fleet.ts';
import type { KubernetesTarget } from '../../domain/plan.ts';
import type { Amount } from '../../domain/policy.ts';
import { fill } from '../option.ts';
import { type ClusterFile, commonTable, type WaveFile, waveTable } from '../schema/cluster.ts';
import type { FleetFile } from '../schema/fleet.ts';
import { compileApproval, compilePlaces, compileWavePlaces, soakOf } from './approval.ts';
import { compileSources } from './inventory.ts';
import { layersOf, nearest } from './layers.ts';
import { compileNotify } from './notify.ts';
import { clusterSshLayers, hostSshLayers } from './places.ts';
import { compileClusterBudget, compileClusterPolicy, compileNodePolicy, compilePolicyLayer } from './policy.ts';
import { compileSchedule } from './schedule.ts';
import { addProfile, Profiles, type ToAbsolute } from './ssh.ts';
import { compileWindow, type ReadCalendar } from './window.ts';

/** The frozen form of a fleet file in which no check found anything. */
export function compileFleet(file: FleetFile, toAbsolute: ToAbsolute, readCalendar: ReadCalendar): Fleet {
  const profiles = new Profiles();
  const stages = file.stages.map(stage => {
    const approval = compileApproval(stage.approval);
    const clusters = stage.clusters.map(name => compileCluster(file, name, profiles, toAbsolute, readCalendar));
    return { name: stage.name, clusters, ...(approval ? { approval } : {}), ...soakOf(stage.soak) };
  });
  const { fleet: name, failureBudget = { kind: 'number', value: 0 } } = file;
  const schedules = Object.entries(file.schedules ?? {}).map(([key, schedule]) =>
    compileSchedule(key, schedule, toAbsolute),
  );
  const notifications = file.notifications ? { notifications: compileNotify(file.notifications, toAbsolute) } : {};
  return deepFreeze({ name, failureBudget, profiles: profiles.all(), stages, schedules, ...notifications });
}

function compileCluster(
  file: FleetFile,
  name: string,
  profiles: Profiles,
  toAbsolute: ToAbsolute,
  readCalendar: ReadCalendar,
): FleetCluster {
  const kubernetes = targetOf(file.clusters[name]?.kubernetes, toAbsolute);
  const policies = layersOf(file, name, 'policy').map(layer => layer.value);
  const places = compilePlaces(policies);
  const sshLayers = clusterSshLayers(file, name);
  return {
    name,
    kubernetes,
    ...addProfile(profiles, name, sshLayers, toAbsolute),
    sources: compileSources(file, name, {
      context: kubernetes?.context ?? name,
      toAbsolute,
      profileOf: (value, source, position) => {
        const path = ['inventory', 'sources', source, 'nodes', position];
        return addProfile(profiles, `${name}/${value.name}`, hostSshLayers(file, name, { path, value }), toAbsolute);
      },
    }),
    ...(places.cluster ? { approval: places.cluster } : {}),
    wavePlaces: places.waves,
    waves: (nearest(file, name, 'waves')?.value ?? []).map(wave => ({
      ...compileWave(wave),
      ...compileWavePlaces(wave, places.waves),
    })),
    unsequenced:
      fill({ unsequenced: commonTable.unsequenced }, [file.defaults, file.clusters[name]]).unsequenced ?? 'refuse',
    ...budgetOf(compileClusterBudget(policies)),
    policy: compileClusterPolicy(policies, toAbsolute, readCalendar),
    nodePolicy: compileNodePolicy(policies, toAbsolute),
    rolePolicies: rolePolicies(file, name, toAbsolute),
  };
}

function targetOf(written: ClusterFile['kubernetes'] | undefined, toAbsolute: ToAbsolute): KubernetesTarget | null {
  if (written === undefined || written === 'none') return null;
  const { inCluster = false, kubeconfig, context, qps, burst } = written;
  return {
    inCluster,
    ...(kubeconfig === undefined ? {} : { kubeconfig: toAbsolute(kubeconfig) }),
    ...(context === undefined ? {} : { context }),
    ...(qps === undefined ? {} : { qps }),
    ...(burst === undefined ? {} : { burst }),
  };
}

function budgetOf(failureBudget: Amount | undefined): { readonly failureBudget?: Amount } {
  return failureBudget === undefined ? {} : { failureBudget };
}

function compileWave(wave: WaveFile): FleetWave {
  const { sequences, concurrency, failureBudget, windows } = fill(waveTable, [wave]);
  const sorted = [...sequences].sort((a, b) => a - b);
  return {
    name: sorted.join('+'),
    sequences: sorted,
    concurrency: concurrency ?? { kind: 'number', value: 1 },
    ...budgetOf(failureBudget),
    ...(windows ? { windows: windows.map(compileWindow) } : {}),
  };
}

/** Roles of `defaults` first, so that those of the cluster win. */
function rolePolicies(file: FleetFile, cluster: string, toAbsolute: ToAbsolute): RolePolicy[] {
  return layersOf(file, cluster, 'roles').flatMap(layer =>
    Object.entries(layer.value).map(([role, { policy }]) => ({ role, policy: compilePolicyLayer(policy, toAbsolute) })),
  );
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
