import { createHmac, timingSafeEqual } from 'node:crypto';

/** One usable line of a known_hosts file (format: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
interface KnownHost {
  readonly patterns: readonly string[];
  readonly revoked: boolean;
  readonly type: string;
  readonly key: Buffer;
}

/** A known_hosts file, read. */
export interface KnownHosts {
  readonly hosts: readonly KnownHost[];
  /** The lines of certificate authorities, which are not supported: whose servers they speak of, and where they stand. */
  readonly authorities: readonly { readonly patterns: readonly string[]; readonly line: number }[];
  /** Lines that say nothing we can use, as `line N: why`. */
  readonly ignored: readonly string[];
}

/** A file without a line. */
export const NOTHING_KNOWN: KnownHosts = { hosts: [], authorities: [], ignored: [] };

/**
 * `changed` also when only keys of other types are known: a server that we know shows a type that we know.
 * `authority-only`: a certificate authority vouches for this server, and no key of its own is known.
 */
export type KeyVerdict = 'known' | 'unknown' | 'changed' | 'revoked' | 'authority-only';

/** Reads a known_hosts file; never throws. */
export function parseKnownHosts(text: string): KnownHosts {
  const hosts: KnownHost[] = [];
  const authorities: { patterns: string[]; line: number }[] = [];
  const ignored: string[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const words = line.split(/\s+/);
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
    const [names, type, key] = words;
    if (marker === '@cert-authority' && names) authorities.push({ patterns: names.split(','), line: index + 1 });
    else if (marker !== undefined && marker !== '@revoked')
      ignored.push(`line ${index + 1}: marker ${marker} is not supported`);
    else if (!names || !type || !key || !isKey(type, key)) ignored.push(`line ${index + 1}: not a host key`);
    else
      hosts.push({ patterns: names.split(','), revoked: marker === '@revoked', type, key: Buffer.from(key, 'base64') });
  }
  return { hosts, authorities, ignored };
}

/**
 * What the file says about the key (as on the wire) that the server at `address`:`port` showed. As OpenSSH does, a key
 * known for the bare name also counts for a port other than 22, when nothing is known for that port.
 */
export function judgeKey(known: KnownHosts, address: string, port: number, key: Buffer): KeyVerdict {
  const verdict = judgeName(known, nameOf(address, port), key);
  if (verdict !== 'unknown' && verdict !== 'authority-only') return verdict;
  if (port === 22) return verdict;
  const bare = judgeName(known, nameOf(address, 22), key);
  return bare === 'known' || bare === 'revoked' ? bare : verdict;
}

function judgeName(known: KnownHosts, name: string, key: Buffer): KeyVerdict {
  const mine = known.hosts.filter(host => matches(host.patterns, name));
  if (mine.some(host => host.revoked && host.key.equals(key))) return 'revoked';
  const keys = mine.filter(host => !host.revoked);
  if (keys.length > 0) return keys.some(host => host.key.equals(key)) ? 'known' : 'changed';
  return known.authorities.some(({ patterns }) => matches(patterns, name)) ? 'authority-only' : 'unknown';
}

/** Types of the keys known for a server, so that it can be asked to show one of them. */
export function knownTypes(known: KnownHosts, address: string, port: number): string[] {
  const typesOf = (name: string): string[] =>
    known.hosts.filter(host => !host.revoked && matches(host.patterns, name)).map(host => host.type);
  const types = typesOf(nameOf(address, port));
  return [...new Set(types.length > 0 ? types : typesOf(nameOf(address, 22)))];
}

/** The line that makes this key known, with its line end. */
export function knownHostsLine(address: string, port: number, key: Buffer): string {
  return `${nameOf(address, port)} ${keyType(key)} ${key.toString('base64')}\n`;
}

/** The type inside a public key in wire format. */
export function keyType(key: Buffer): string {
  return key.length < 4 ? '' : key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1');
}

function isKey(type: string, base64: string): boolean {
  return keyType(Buffer.from(base64, 'base64')) === type;
}

function nameOf(address: string, port: number): string {
  const lower = address.toLowerCase();
  return port === 22 ? lower : `[${lower}]:${port}`;
}

function matches(patterns: readonly string[], name: string): boolean {
  let found = false;
  for (const pattern of patterns) {
    const negated = pattern.startsWith('!');
    if (!matchesOne(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

function matchesOne(pattern: string, name: string): boolean {
  if (pattern.startsWith('|')) return matchesHash(pattern, name);
  const source = pattern
    .toLowerCase()
    .replaceAll(/[\\^$.+()[\]{}|]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(name);
}

/** `|1|salt|hash`: HMAC-SHA1 of the name, keyed with the salt. */
function matchesHash(pattern: string, name: string): boolean {
  const [, version, salt, hash] = pattern.split('|');
  if (version !== '1' || !salt || !hash) return false;
  const wanted = Buffer.from(hash, 'base64');
  const found = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}
