import { findPlanNode } from '../../shared/domain/plan.ts';
import { sshHosts } from '../../shared/hosts/ssh/connector.ts';
import { planOf } from './chaos.ts';

const TIMEOUT_MS = 60_000;

/** Runs a command as root on a host of a fleet, by SSH as nodetide does it. Throws unless it ends with 0. */
export async function onHost(
  fleetFile: string,
  where: { readonly cluster: string; readonly node: string },
  text: string,
): Promise<void> {
  const plan = await planOf(fleetFile);
  const node = findPlanNode(plan, where.cluster, where.node);
  if (!node) throw new Error(`no node ${where.node}`);
  const hosts = sshHosts({ tell: () => {} });
  try {
    const host = hosts.connect(node, plan.profiles);
    const { exitCode, stderr } = await host.run({ text, args: [] }, AbortSignal.timeout(TIMEOUT_MS));
    if (exitCode !== 0) throw new Error(`${text}: exit code ${exitCode}: ${stderr}`);
  } finally {
    await hosts.close();
  }
}
