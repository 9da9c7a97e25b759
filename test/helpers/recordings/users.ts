import { administratorWith, type SimUser } from '../../../services/simulator/api/access/users.ts';

/** Who sent the recorded requests: an administrator, and somebody who may only look at nodes. */
export const USERS: readonly SimUser[] = [
  administratorWith('admin-token'),
  {
    token: 'limited-token',
    name: 'limited',
    uid: 'limited-uid',
    groups: ['viewers'],
    rules: [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['nodes'], role: 'node-viewer' }],
  },
];
