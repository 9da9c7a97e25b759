import { type Failure, failureOf } from '../../../shared/domain/failure.ts';
import { type Plan, planClusters } from '../../../shared/domain/plan.ts';
import type { PreflightFacts } from '../../../shared/domain/preflight/facts.ts';
import type { PreflightReport } from '../../../shared/domain/preflight/finding.ts';
import { preflight } from '../../../shared/domain/preflight/preflight.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { ClusterReader } from '../../../shared/ports/cluster.ts';
import type { ReaderConnector } from '../../../shared/ports/connect.ts';

/** How clusters are reached. */
export interface PreflightReach {
  readonly connectClusters: () => Promise<ReaderConnector>;
  readonly clock: Pick<Clock, 'now'>;
}

/** The report, or the clusters that could not be asked. */
export type MadePreflight =
  | { readonly kind: 'made'; readonly report: PreflightReport }
  | {
      readonly kind: 'unreachable';
      readonly failures: readonly { readonly cluster: string; readonly failure: Failure }[];
    };

/** Asks the clusters of a plan for Nodes, pods and budgets, and judges. Changes nothing. */
export async function preflightLive(plan: Plan, reach: PreflightReach, signal: AbortSignal): Promise<MadePreflight> {
  const clusters = planClusters(plan).filter(({ kubernetes }) => kubernetes !== null);
  if (clusters.length === 0) return { kind: 'made', report: preflight(plan, new Map()) };
  const connect = await reach.connectClusters();
  const facts = new Map<string, PreflightFacts>();
  const failures: { cluster: string; failure: Failure }[] = [];
  const ask = async ({ name, kubernetes }: (typeof clusters)[number]): Promise<void> => {
    if (!kubernetes) return;
    const reader = connect(name, kubernetes);
    try {
      facts.set(name, await readFacts(reader, reach.clock.now(), signal));
    } catch (error) {
      signal.throwIfAborted();
      failures.push({ cluster: name, failure: failureOf(error) });
    } finally {
      await reader.close();
    }
  };
  await Promise.all(clusters.map(ask));
  return failures.length > 0 ? { kind: 'unreachable', failures } : { kind: 'made', report: preflight(plan, facts) };
}

/** DaemonSets and volumes are not asked for: a rollout needs no permission to list them. */
async function readFacts(reader: ClusterReader, nowMs: number, signal: AbortSignal): Promise<PreflightFacts> {
  const [nodes, pods, budgets] = await Promise.all([
    reader.listNodes(signal),
    reader.listPods('', '', signal),
    reader.listPdbs(signal),
  ]);
  return { nodes, pods, budgets, daemonSets: null, claims: new Map(), seenAtMs: nowMs };
}
