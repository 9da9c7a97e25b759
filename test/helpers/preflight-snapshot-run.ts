import { loadFleetText } from '../../shared/config/load.ts';
import type { Fleet } from '../../shared/domain/fleet.ts';
import { buildPlan } from '../../shared/domain/plan-build/build.ts';
import { NOT_NARROWED } from '../../shared/domain/plan-build/narrow.ts';
import type { PreflightReport } from '../../shared/domain/preflight/finding.ts';
import { preflight } from '../../shared/domain/preflight/preflight.ts';
import { collectCluster } from '../../shared/inventory/collect.ts';
import { readSnapshot } from '../../shared/kubernetes/snapshot/snapshot.ts';
import { surroundings } from './fleet-file.ts';
import type { PlantedSnapshot } from './preflight-snapshot.ts';

/** The preflight of a fleet of one cluster, from the bytes of its snapshot, as the command makes it. */
export async function preflightOfSnapshot(planted: PlantedSnapshot, bytes: Buffer): Promise<PreflightReport> {
  const { facts } = readSnapshot([{ name: 'big.json', bytes, writtenAtMs: 0 }]);
  const { fleet, problems } = loadFleetText(planted.fleet, 'fleet.yaml', { ...surroundings(), reaches: false });
  if (!fleet) throw new Error(JSON.stringify(problems));
  const reader = {
    name: 'big',
    listNodes: async () => [...facts.nodes],
    listPods: async () => [],
    listPdbs: async () => [],
    close: async () => undefined,
  };
  const ports = { connectCluster: () => reader, readText: async () => '' };
  const inventories = await Promise.all(
    clustersOf(fleet).map(cluster => collectCluster(cluster, ports, new AbortController().signal)),
  );
  const { plan, problems: refused } = buildPlan({ fleet, inventories, narrow: NOT_NARROWED, nowMs: 0 });
  if (!plan) throw new Error(JSON.stringify(refused));
  return preflight(plan, new Map([['big', facts]]));
}

function clustersOf({ stages }: Fleet) {
  return stages.flatMap(stage => stage.clusters);
}
