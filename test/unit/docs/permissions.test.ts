import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deletePodsManifest, permissionsPage, rbacManifest } from '../../../deploy/rbac.ts';
import { NEEDED_RIGHTS, neededPermissions } from '../../../shared/domain/permissions.ts';
import { rulesOfManifest } from '../../helpers/sim-users.ts';

const read = (file: string): string => readFileSync(resolve(import.meta.dirname, '../../..', file), 'utf8');

describe('the pages and manifests of permissions', () => {
  it.each([
    ['docs/permissions.md', permissionsPage()],
    ['deploy/kubernetes/rbac.yaml', rbacManifest()],
    ['deploy/kubernetes/rbac-delete-pods.yaml', deletePodsManifest()],
  ])('%s is what the table says (`npm run docs` writes it anew)', (file, text) => {
    expect(read(file)).toBe(text);
  });

  it('grant what a rollout with the default policy needs, and no more', () => {
    const granted = rulesOfManifest(rbacManifest()).flatMap(({ apiGroups, resources, verbs, namespace = '' }) =>
      verbs.map(verb => [verb, apiGroups?.join(), resources?.join(), namespace].join(' ')),
    );
    const nodeLease = { namespace: 'kube-system', prefix: 'nodetide-node-' };
    const policy = { leaseNamespace: 'kube-system', deletePods: 'never', nodeLease, nodeEvents: true } as const;
    const needed = neededPermissions(policy).map(({ verb, group, resource, namespace = '' }) =>
      [verb, group, resource, namespace].join(' '),
    );
    expect(granted.toSorted()).toEqual(needed.toSorted());
  });

  it('leave nothing of the table out', () => {
    const both = [...rulesOfManifest(rbacManifest()), ...rulesOfManifest(deletePodsManifest())];
    expect(both.flatMap(({ verbs }) => verbs)).toHaveLength(NEEDED_RIGHTS.length);
  });
});
