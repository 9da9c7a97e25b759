import { type Failure, failureOf } from '../../../shared/domain/failure.ts';
import { type Plan, type PlanNode, planNodes, policyOf } from '../../../shared/domain/plan.ts';
import type { NodePolicy } from '../../../shared/domain/policy.ts';
import type { CheckRebootProof } from '../../../shared/domain/proof.ts';
import type { HostConnector } from '../../../shared/ports/connect.ts';
import type { Host } from '../../../shared/ports/host.ts';
import type { Pending } from '../../../shared/ports/packages.ts';

/** Asks a host what there is to do on it; refreshes its package lists, changes nothing else. */
export type HostProbe = (host: Host, policy: NodePolicy, signal: AbortSignal) => Promise<Work>;

/** `pending` null: cannot be told (a command of one's own). */
export interface Work {
  readonly pending: Pending | null;
  readonly reboot: CheckRebootProof;
  /** The release that runs. */
  readonly kernel: string;
  readonly uptimeSeconds: number;
}

/** What one host answered. */
export type Due = { readonly cluster: string; readonly node: string } & (
  | { readonly work: Work; readonly failure: null }
  | { readonly work: null; readonly failure: Failure }
);

/** Hosts, and the way to let go of all of them. */
export interface HostPool {
  readonly connect: HostConnector;
  close(): Promise<void>;
}

/** Hosts asked at the same time. */
const AT_ONCE = 10;

/** Asks every host of the plan, or only these `nodes` of it, in their order; a host that cannot be asked is told with the failure. Closes them again. */
export async function probePlan(
  plan: Plan,
  connect: HostConnector,
  probe: HostProbe,
  signal: AbortSignal,
  nodes: readonly PlanNode[] = planNodes(plan),
): Promise<Due[]> {
  const due: Due[] = [];
  const waiting = [...nodes.entries()];
  const takeTurns = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      signal.throwIfAborted();
      const [index, node] = next;
      due[index] = await probeNode(plan, node, connect, probe, signal);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, nodes.length) }, takeTurns));
  return due;
}

async function probeNode(
  plan: Plan,
  node: PlanNode,
  connect: HostConnector,
  probe: HostProbe,
  signal: AbortSignal,
): Promise<Due> {
  const at = { cluster: node.cluster, node: node.name };
  const host = connect(node, plan.profiles);
  try {
    return { ...at, work: await probe(host, policyOf(plan, node), signal), failure: null };
  } catch (error) {
    signal.throwIfAborted();
    return { ...at, work: null, failure: failureOf(error) };
  } finally {
    await host.close();
  }
}
