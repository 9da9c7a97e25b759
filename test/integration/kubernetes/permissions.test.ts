import { setMaxListeners } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { checkCluster } from '../../../services/cli/doctor/cluster.ts';
import { EXIT } from '../../../services/cli/exit.ts';
import { attributesOf } from '../../../services/simulator/api/access/attributes.ts';
import type { BoundRule } from '../../../services/simulator/api/access/users.ts';
import { NEEDED_RIGHTS } from '../../../shared/domain/permissions.ts';
import { type Piece, permissionWorld, runPieces } from '../../helpers/permission-pieces.ts';
import { rehearse } from '../../helpers/rehearsal.ts';
import type { SimApiWithClient } from '../../helpers/sim-cluster.ts';
import { userOfManifest } from '../../helpers/sim-users.ts';
import { tinyWorld } from '../../helpers/simulation.ts';

const MANIFEST = readFileSync('deploy/kubernetes/rbac.yaml', 'utf8');
const DELETING = `${MANIFEST}---\n${readFileSync('deploy/kubernetes/rbac-delete-pods.yaml', 'utf8')}`;

/** What fails without each right: the piece of a rollout, and what it says if not that the verb is forbidden. */
const WITHOUT: Readonly<Record<string, readonly [Piece, RegExp?]>> = {
  'get nodes': ['drain'],
  'list nodes': ['claim'],
  'patch nodes': ['drain'],
  'list pods': ['drain'],
  'watch pods': ['drain'],
  'delete pods': ['drain'],
  'create pods/eviction': ['drain'],
  'get persistentvolumeclaims': ['drain'],
  'get daemonsets': ['drain'],
  'list poddisruptionbudgets': ['claim'],
  'list volumeattachments': ['drain'],
  'get leases': ['lease'],
  'create leases': ['lease'],
  'update leases': ['give-back'],
  'create events': ['events'],
  'patch events': ['events'],
};

let world: SimApiWithClient | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

const nameOf = ({ verb, resource }: { verb: string; resource: string }): string => `${verb} ${resource}`;

/** The rules without one verb of one resource; each rule of the manifest is for one resource. */
function without(rules: readonly BoundRule[], verb: string, resource: string): BoundRule[] {
  return rules.map(rule =>
    rule.resources?.includes(resource) ? { ...rule, verbs: rule.verbs.filter(each => each !== verb) } : rule,
  );
}

describe('the roles in deploy/kubernetes', () => {
  it('are tried right by right', () => {
    expect(Object.keys(WITHOUT).toSorted()).toEqual(NEEDED_RIGHTS.map(nameOf).toSorted());
  });

  it('are enough for each piece of a rollout, and doctor is content', async () => {
    world = await permissionWorld(MANIFEST);
    expect(await runPieces(world)).toBeNull();
    const policy = { leaseNamespace: 'kube-system', deletePods: 'never', nodeEvents: true } as const;
    const { signal } = new AbortController();
    // All are asked at once.
    setMaxListeners(0, signal);
    const { findings } = await checkCluster(world.api, policy, signal);
    expect(findings.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
    expect(world.sim.requests.filter(({ status }) => status === 403)).toEqual([]);
  });

  it.each(NEEDED_RIGHTS)('need $verb $resource to $purpose', async ({ verb, resource, for: of }) => {
    const deletes = of === 'deletions';
    const manifest = deletes ? DELETING : MANIFEST;
    world = await permissionWorld(manifest);
    const user = userOfManifest('nodetide', manifest);
    world.sim.setUser({ ...user, rules: without(user.rules, verb, resource) });
    const failed = await runPieces(world, deletes);
    const [piece, why = new RegExp(`cannot ${verb} resource "${resource}"`)] =
      WITHOUT[nameOf({ verb, resource })] ?? [];
    expect(failed).toMatchObject({ piece, why: expect.stringMatching(why) as string });
  });

  it('delete pods with the second file', async () => {
    world = await permissionWorld(DELETING);
    expect(await runPieces(world, true)).toBeNull();
  });
});

it('a whole rollout runs with exactly these rights, and uses them', async () => {
  const nodes = { nodes: 2, waves: [[1], [2]] };
  const workloads = [
    { kind: 'Deployment', name: 'web', replicas: 2 },
    { kind: 'DaemonSet', name: 'agent' },
  ] as const;
  const pdbs = [{ name: 'web', matchLabels: { app: 'web' }, maxUnavailable: 1 }];
  const rehearsal = await rehearse(tinyWorld({ ...nodes, cluster: { workloads: [...workloads], pdbs } }));
  const cluster = rehearsal.sim.clusters.get('dev');
  if (!cluster) throw new Error('no cluster');
  cluster.setUser(userOfManifest('nodetide', MANIFEST));
  const { cluster: entry, user, context } = cluster.kubeconfigEntry('dev', 'nodetide');
  const config = { apiVersion: 'v1', kind: 'Config', clusters: [entry], users: [user], contexts: [context] };
  writeFileSync(rehearsal.files.kubeconfig, JSON.stringify({ ...config, 'current-context': 'dev' }));

  const run = await rehearsal.run('run', '-f', rehearsal.files.fleetFile, '--yes', '--plain');
  expect(run.code, run.stdout + run.stderr).toBe(EXIT.done);

  const requests = cluster.requests.map(each => ({
    ...each,
    wish: attributesOf(each.method, new URL(each.path, 'http://x')),
  }));
  expect(requests.filter(({ status }) => status === 401 || status === 403)).toEqual([]);
  const used = requests.flatMap(({ wish }) => {
    if ('path' in wish) return [];
    const resource = wish.subresource === '' ? wish.resource : `${wish.resource}/${wish.subresource}`;
    return [nameOf({ verb: wish.verb, resource })];
  });
  const unused = NEEDED_RIGHTS.map(nameOf).filter(name => !used.includes(name));
  // Another policy, a pod that stays with a volume, a step that is told twice.
  expect(unused).toEqual(['delete pods', 'get persistentvolumeclaims', 'patch events']);
});
