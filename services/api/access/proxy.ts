import { BlockList, isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { isRole, ROLES, type Role } from '../../../shared/domain/access/role.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import { flat } from '../../../shared/domain/text.ts';

/** A proxy in front that is believed, and may tell who asks. */
export interface ProxyOptions {
  /** Its addresses: IP addresses and networks such as `10.0.0.0/8`. */
  readonly from: readonly string[];
  /** Names who asks; default: X-Forwarded-User. */
  readonly userHeader?: string;
  /** Their groups, separated by commas or `|`; default: X-Forwarded-Groups. */
  readonly groupsHeader?: string;
  /** Which role each group gives; the group `*`: everybody. Missing: the proxy does not tell who asks. */
  readonly roles?: readonly RoleOfGroup[];
}

/** `role` for the members of `group`. */
export interface RoleOfGroup {
  readonly role: Role;
  readonly group: string;
}

/** What a proxy says about who asks; `role` null: none of their groups has one. */
export interface ProxiedPerson {
  readonly name: string;
  readonly role: Role | null;
}

const LONGEST_NAME = 128;

/** The proxy in front. Headers that others send are never looked at. */
export class TrustedProxy {
  readonly #addresses = new BlockList();
  readonly #userHeader: string;
  readonly #groupsHeader: string;
  readonly #roles: readonly RoleOfGroup[];

  /** @throws api-proxy-wrong */
  constructor({
    from,
    userHeader = 'X-Forwarded-User',
    groupsHeader = 'X-Forwarded-Groups',
    roles = [],
  }: ProxyOptions) {
    for (const each of from) addTo(this.#addresses, each);
    this.#userHeader = userHeader.toLowerCase();
    this.#groupsHeader = groupsHeader.toLowerCase();
    this.#roles = roles;
  }

  /** Whether it tells who asks. */
  get namesPeople(): boolean {
    return this.#roles.length > 0;
  }

  /** Whether what comes from this address is believed. */
  trusts(address: string | undefined): boolean {
    const family = isIP(address ?? '');
    return family !== 0 && this.#addresses.check(address ?? '', family === 6 ? 'ipv6' : 'ipv4');
  }

  /** Who asks; null: the proxy does not say, or not in a way that can be believed. */
  person(request: FastifyRequest): ProxiedPerson | null {
    if (!this.namesPeople || !this.trusts(request.socket.remoteAddress)) return null;
    const name = textOf(request.headers[this.#userHeader]);
    // A header that is there twice, once from the client, arrives as one with a comma.
    if (name === '' || name.length > LONGEST_NAME || name.includes(',') || name !== flat(name)) return null;
    const groups = textOf(request.headers[this.#groupsHeader])
      .split(/[,|]/)
      .map(group => group.trim());
    const given = this.#roles.filter(({ group }) => group === '*' || groups.includes(group)).map(({ role }) => role);
    return { name, role: ROLES.findLast(role => given.includes(role)) ?? null };
  }
}

/**
 * Reads `admin=group1,operator=group2`.
 * @throws api-proxy-wrong
 */
export function parseProxyRoles(text: string): RoleOfGroup[] {
  return text.split(',').map(each => {
    const [, role = '', group = ''] = /^\s*([a-z]+)=(.*?)\s*$/.exec(each) ?? [];
    if (isRole(role) && group !== '') return { role, group };
    throw fail('api-proxy-wrong', { message: `"${each}" gives no group a role: expected ROLE=GROUP` });
  });
}

function addTo(list: BlockList, text: string): void {
  const [address = '', bits, ...more] = text.trim().split('/');
  const family = isIP(address);
  const longest = family === 6 ? 128 : 32;
  const prefix = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (family === 0 || !(prefix <= longest) || more.length > 0) {
    throw fail('api-proxy-wrong', { message: `"${text}" is neither an IP address nor a network such as 10.0.0.0/8` });
  }
  list.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4');
}

/** Node reads headers as Latin-1; names are sent as UTF-8. */
function textOf(header: string | readonly string[] | undefined): string {
  const bytes = Buffer.from([header ?? ''].flat().join(','), 'latin1');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim();
  } catch {
    return '';
  }
}
