import type { GateSettings } from '../../shared/domain/gate/settings.ts';
import type { PlanCluster } from '../../shared/domain/plan.ts';
import type { GateSources } from '../../shared/gates/gate.ts';
import type { GateHold, HoldOwner } from '../../shared/gates/hold.ts';
import { gateOf } from '../../shared/gates/registry.ts';
import type { GateKeeperDeps } from '../common/gate-keeper.ts';

/** A hold that a cluster's policy asks for. */
export interface Wanted {
  readonly settings: GateSettings;
  readonly hold: GateHold<GateSettings>;
}

/** All of them, in the order of the policy. */
export function wantedOf(cluster: PlanCluster): Wanted[] {
  return cluster.policy.gates.flatMap(settings => {
    const { hold } = gateOf(settings);
    return hold?.wanted(settings) ? [{ settings, hold }] : [];
  });
}

/** What an act on a hold may use; its signal ends at the gate's time-out. */
export function sourcesOf(
  { connectCluster, control, probes }: GateKeeperDeps,
  cluster: PlanCluster,
  { timeoutMs }: GateSettings,
  { rollout }: HoldOwner,
  signal: AbortSignal,
): GateSources {
  const api = cluster.kubernetes ? connectCluster(cluster.name, cluster.kubernetes) : null;
  return {
    cluster,
    api,
    control,
    probes,
    moment: 'claim',
    rollout,
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  };
}
