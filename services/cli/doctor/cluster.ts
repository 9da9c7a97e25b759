import type { NodeView } from '../../../shared/domain/facts.ts';
import { neededPermissions, type Permission, type RightsPolicy } from '../../../shared/domain/permissions.ts';
import type { ClusterApi } from '../../../shared/ports/cluster.ts';
import { clockFinding, type DoctorFinding, findingOf, fine } from './finding.ts';

/** What the checks of one cluster found, and its Nodes; null: they could not be read. */
export interface ClusterCheck {
  readonly findings: readonly DoctorFinding[];
  readonly nodes: readonly NodeView[] | null;
  /** URL of the API server; missing: not known. */
  readonly endpoint?: string;
}

/** Asks a cluster whether it can be reached, what we may do there, what its clock says. Never throws. */
export async function checkCluster(api: ClusterApi, policy: RightsPolicy, signal: AbortSignal): Promise<ClusterCheck> {
  const where = api.name;
  const findings: DoctorFinding[] = [];
  let endpoint = '';
  try {
    const { version, clockSkewMs, endpoint: url = '' } = await api.serverInfo(signal);
    endpoint = url;
    findings.push(fine(where, 'API server', version), clockFinding(where, clockSkewMs));
  } catch (error) {
    return { findings: [findingOf(where, 'API server', error)], nodes: null };
  }
  findings.push(await checkPermissions(api, neededPermissions(policy), signal));
  try {
    const nodes = await api.listNodes(signal);
    findings.push(fine(where, 'nodes', `${nodes.length}, ${nodes.filter(node => node.ready).length} of them Ready`));
    return { findings, nodes, endpoint };
  } catch (error) {
    return { findings: [...findings, findingOf(where, 'nodes', error)], nodes: null };
  }
}

async function checkPermissions(
  api: ClusterApi,
  needed: readonly Permission[],
  signal: AbortSignal,
): Promise<DoctorFinding> {
  try {
    const answers = await Promise.all(needed.map(permission => api.canI(permission, signal)));
    const missing = needed.filter((_, index) => !answers[index]);
    if (missing.length === 0) return fine(api.name, 'permissions', `all ${needed.length}`);
    const detail = `missing: ${missing.map(describe).join(', ')}`;
    return {
      verdict: 'failed',
      where: api.name,
      check: 'permissions',
      detail,
      todo: 'Bind a role that allows them: deploy/kubernetes has one.',
    };
  } catch (error) {
    return findingOf(api.name, 'permissions', error);
  }
}

function describe({ verb, group, resource, namespace }: Permission): string {
  const what = group === '' ? resource : `${resource}.${group}`;
  return `${verb} ${what}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
