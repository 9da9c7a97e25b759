import type { IncomingMessage } from 'node:http';
import { ApiError } from '../errors.ts';

/** A rule of a Role or ClusterRole: what its holder may do. `*` stands for everything; several values are alternatives. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  /** '' is the core group. */
  readonly apiGroups?: readonly string[];
  /** Plurals; a subresource is named apart, as `pods/eviction`. */
  readonly resources?: readonly string[];
  /** Only objects of these names; none or empty: all. Never fits a request that names no object. */
  readonly resourceNames?: readonly string[];
  /** Paths that are no objects; a `*` at the end stands for the rest. Only without `namespace`. */
  readonly nonResourceURLs?: readonly string[];
}

/** A rule as bound to a user. */
export interface BoundRule extends PolicyRule {
  /** Given by a RoleBinding: only there. Default: by a ClusterRoleBinding, everywhere. */
  readonly namespace?: string;
  /** The role's name, for the reasons of access reviews. Default: the user's name. */
  readonly role?: string;
}

/** Who may use a simulated cluster, and for what. */
export interface SimUser {
  readonly token: string;
  readonly name: string;
  readonly uid?: string;
  /** Besides `system:authenticated`, which every user with a token is in. */
  readonly groups?: readonly string[];
  /** Besides what every authenticated user may: discovery, health, version, reviews of itself. */
  readonly rules: readonly BoundRule[];
}

/** Somebody whose request has been recognised. */
export type Identity = Omit<SimUser, 'token'> & { readonly groups: readonly string[] };

/** Rights for everything. */
const ALL_RIGHTS: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

const AUTHENTICATED = 'system:authenticated';
const administrator: Identity = {
  name: 'kubernetes-admin',
  groups: ['system:masters', AUTHENTICATED],
  rules: ALL_RIGHTS.map(rule => ({ ...rule, role: 'cluster-admin' })),
};
const anonymous: Identity = { name: 'system:anonymous', groups: ['system:unauthenticated'], rules: [] };

/** The user behind the `token` of a server that has no other users. */
export function administratorWith(token: string): SimUser {
  const { name, rules } = administrator;
  return { token, name, groups: ['system:masters'], rules };
}

/** Recognises users by their bearer tokens. */
export class Users {
  readonly #byToken = new Map<string, SimUser>();

  /** No users at all: everybody may do everything. */
  constructor(users: readonly SimUser[]) {
    for (const user of users) this.put(user);
  }

  /** Adds a user, or replaces the one of the same name. */
  put(user: SimUser): void {
    for (const other of this.#byToken.values()) if (other.name === user.name) this.#byToken.delete(other.token);
    this.#byToken.set(user.token, user);
  }

  /** The token of the user of that name, by default of the first; undefined where nobody needs one. Throws for an unknown name. */
  tokenOf(name?: string): string | undefined {
    const users = [...this.#byToken.values()];
    const user = name === undefined ? users[0] : users.find(one => one.name === name);
    if (user === undefined && name !== undefined) throw new Error(`no user ${name} in the simulated cluster`);
    return user?.token;
  }

  /** Who asks; without a token the anonymous user, as API servers do by default. Throws ApiError 401 for an unknown token. */
  recognise(request: IncomingMessage): Identity {
    if (this.#byToken.size === 0) return administrator;
    const given = /^bearer +(\S+)$/i.exec(request.headers.authorization?.trim() ?? '')?.[1];
    if (given === undefined) return anonymous;
    const user = this.#byToken.get(given);
    if (user === undefined) throw new ApiError(401, 'Unauthorized', 'Unauthorized');
    return { ...user, groups: [...(user.groups ?? []), AUTHENTICATED] };
  }
}
